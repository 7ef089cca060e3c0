import { type ClientBase, Pool, type QueryResultRow } from 'pg';
import { GatewayError } from '../../contract/errors';
import { connectionOptions, isDiskFull, isUnavailable } from '../../platform/database/connection';
import { lasting } from '../../platform/database/lasting-pool';
import type { SealedBox } from '../../platform/secrets/sealed-box';
import type { BatchFault } from './batch-call';
import { type BatchRow, filesOf, passageOf, stateOf } from './batch-row';
import type { Assembly, BatchCounts, BatchFiles, BatchState, Passage, WhyHere } from './batch-state';
import {
  ASSEMBLE,
  BEGIN,
  CLAIM,
  CLOSE,
  CLOSED,
  COLLECTED,
  COUNT,
  DECIDE,
  DEFER,
  FIND,
  REFUSE,
  REMOTE_IDS,
  RENEW,
  SENDING,
  SENT,
  SETTLE,
  START,
  TURNED_AWAY,
  WATCHED,
} from './statements';

const CONNECTIONS = 2;
const SEAL = 'batch';
/** Whoever puts files together and is not heard of for so long is taken for dead. */
const LEASE_SECONDS = 60;

export type Decided =
  | { readonly way: 'here'; readonly why: WhyHere }
  | { readonly way: 'provider'; readonly provider: string; readonly model: string };

/** How far batches are. */
export class Batches {
  private readonly pool: Pool;

  constructor(
    url: string,
    private readonly box: SealedBox,
  ) {
    this.pool = lasting(new Pool({ ...connectionOptions(url, 'batches'), max: CONNECTIONS, allowExitOnIdle: true }));
  }

  /** Somebody works on it, for the first time or again. @throws GatewayError `storage_unavailable` */
  async begin(jobId: string, tenantId: string): Promise<void> {
    await this.query(BEGIN, [jobId, tenantId]);
  }

  /** Its input makes sense: it is worked off. */
  async start(jobId: string, total: number): Promise<void> {
    await this.query(START, [jobId, total]);
  }

  /** Counts never go back. */
  async count(jobId: string, { completed, failed }: BatchCounts): Promise<void> {
    await this.query(COUNT, [jobId, completed, failed]);
  }

  /** Its input makes no sense. */
  async refuse(jobId: string, tenantId: string, faults: readonly BatchFault[]): Promise<void> {
    const sealed = this.box.seal(SEAL, tenantId, jobId, Buffer.from(JSON.stringify(faults)));
    await this.query(REFUSE, [jobId, sealed]);
  }

  /** Batches whose jobs end without files get them from whoever comes first; within the transaction in which they end. */
  async close(client: ClientBase, jobs: readonly { readonly id: string; readonly tenantId: string }[]): Promise<void> {
    for (const { id, tenantId } of jobs) await client.query(CLOSE, [id, tenantId]);
  }

  /** A batch that somebody must put the files of together, for its job has ended. */
  async claim(): Promise<string | undefined> {
    return (await this.query<{ job_id: string }>(CLAIM, [LEASE_SECONDS]))[0]?.job_id;
  }

  /** Not now. @param seconds undefined: not at all */
  async defer(jobId: string, seconds: number | undefined): Promise<void> {
    await this.query(DEFER, [jobId, seconds ?? null]);
  }

  /** Whoever did it before can write nothing any more. */
  async assemble(jobId: string): Promise<Assembly> {
    const [row] = await this.query<BatchRow>(ASSEMBLE, [jobId]);
    if (!row) throw new GatewayError('not_found', 'There is no such batch');
    return { jobId, tenantId: row.tenant_id, epoch: row.epoch, former: filesOf(row), total: row.total };
  }

  /** @throws GatewayError `conflict` when somebody else does it by now */
  async renew({ jobId, epoch }: Assembly): Promise<void> {
    if (!(await this.query(RENEW, [jobId, epoch, LEASE_SECONDS])).length) throw overtaken();
  }

  /** These are its files; they are shown once they are finished. @throws GatewayError `conflict` likewise */
  async settle({ jobId, epoch }: Assembly, { output, errors }: BatchFiles, counts: BatchCounts): Promise<void> {
    const values = [jobId, epoch, output ?? null, errors ?? null, counts.completed, counts.failed];
    if (!(await this.query(SETTLE, values)).length) throw overtaken();
  }

  /** Its files are finished. */
  async closed({ jobId, epoch }: Assembly): Promise<void> {
    await this.query(CLOSED, [jobId, epoch]);
  }

  /** Those that began or ended. @throws GatewayError `storage_unavailable` */
  async find(jobIds: readonly string[]): Promise<ReadonlyMap<string, BatchState>> {
    const rows = await this.query<BatchRow>(FIND, [jobIds]);
    return new Map(rows.map((row) => [row.job_id, stateOf(row, this.faultsOf(row))]));
  }

  /** Which way it goes, and since when. */
  async under(
    jobId: string,
  ): Promise<{ readonly passage: Passage; readonly total: number; readonly inProgressAt: Date }> {
    const [row] = await this.query<BatchRow>(FIND, [[jobId]]);
    if (!row) throw new GatewayError('not_found', 'There is no such batch');
    return { passage: passageOf(row), total: row.total, inProgressAt: row.in_progress_at ?? new Date() };
  }

  /** What was decided first stands. */
  async decide(jobId: string, decided: Decided): Promise<Passage> {
    const { way } = decided;
    const found = way === 'here' ? [decided.why, null, null] : [null, decided.provider, decided.model];
    const [row] = await this.query<BatchRow>(DECIDE, [jobId, way, ...found]);
    if (!row) throw new GatewayError('not_found', 'There is no such batch');
    return passageOf(row);
  }

  /** It is about to be handed to its provider: whoever comes later must look for it there. */
  async sending(jobId: string): Promise<void> {
    await this.query(SENDING, [jobId]);
  }

  /** Its provider has it. @param id the provider's own id of it */
  async sent(jobId: string, id: string): Promise<void> {
    await this.query(SENT, [jobId, id]);
  }

  /** @param status as its provider says it */
  async watched(jobId: string, status: string): Promise<void> {
    await this.query(WATCHED, [jobId, status.slice(0, 100)]);
  }

  /** What the provider did is here. */
  async collected(jobId: string): Promise<void> {
    await this.query(COLLECTED, [jobId]);
  }

  /** Its provider would not take it: it is worked off here. */
  async turnedAway(jobId: string): Promise<void> {
    await this.query(TURNED_AWAY, [jobId]);
  }

  /** The ids that other batches have at that provider. */
  async othersAt(provider: string, jobId: string): Promise<ReadonlySet<string>> {
    const rows = await this.query<{ remote_id: string }>(REMOTE_IDS, [provider, jobId]);
    return new Set(rows.map(({ remote_id: id }) => id));
  }

  async shutdown(): Promise<void> {
    await this.pool.end();
  }

  private faultsOf({ faults, tenant_id, job_id }: BatchRow): readonly BatchFault[] {
    return faults ? (JSON.parse(this.box.open(SEAL, tenant_id, job_id, faults).toString()) as BatchFault[]) : [];
  }

  private async query<R extends QueryResultRow>(text: string, values: unknown[]): Promise<R[]> {
    try {
      return (await this.pool.query<R>(text, values)).rows;
    } catch (error) {
      if (error instanceof GatewayError || !(isUnavailable(error) || isDiskFull(error))) throw error;
      throw new GatewayError('storage_unavailable', 'Batches cannot be read or written now', {
        retryAfter: 2,
        cause: error,
      });
    }
  }
}

function overtaken(): GatewayError {
  return new GatewayError('conflict', 'Somebody else puts the files of the batch together');
}
