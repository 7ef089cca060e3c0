import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { GatewayError } from '../../contract/errors';
import { Config } from '../../platform/config/config';
import { longestCallMs } from '../../platform/config/effective-policy';
import { isUnavailable } from '../../platform/database/connection';
import { DatabaseState } from '../../platform/database/database-state.service';
import { GroupCommit } from '../../platform/database/group-commit';
import type { CloseRow, OpenRow } from './call-row';
import type { RequestView } from './request-view';
import { closeStatement, openStatement } from './statements';
import { VIEW_SQL, viewOf, type ViewRow } from './request-view';

const MAINTENANCE_MS = 3_600_000;
const PARTITIONS_AHEAD = 2;
/** A call that is still open this long after its longest deadline will never be closed: its process is gone. */
const UNKNOWN_AFTER_MS = 300_000;

/** The table `llm_requests`: a row for every call, durable before a model is asked and completed before its last word. */
@Injectable()
export class RequestRecords implements OnModuleInit, OnApplicationShutdown {
  private readonly opens: GroupCommit<OpenRow>;
  private readonly closes: GroupCommit<CloseRow>;
  private maintenance: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: DataSource,
    state: DatabaseState,
  ) {
    const common = (name: string) => ({
      name,
      url: config.databaseUrl.reveal(),
      queue: config.records.queue,
      onStateChange: (_up: boolean, error?: Error) => state.report(name, error),
    });
    this.opens = new GroupCommit({ ...common('open-records'), statement: openStatement });
    this.closes = new GroupCommit({ ...common('close-records'), statement: closeStatement });
  }

  async onModuleInit(): Promise<void> {
    await this.maintain();
    await Promise.all([this.opens.open(), this.closes.open()]);
    this.maintenance = setInterval(() => void this.maintain().catch(() => undefined), MAINTENANCE_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.maintenance);
    await Promise.all([
      this.opens.close(this.config.records.commitMs),
      this.closes.close(this.config.records.commitMs),
    ]);
  }

  /** @throws GatewayError `storage_unavailable` when the record is not durable in time: the call must not go on. */
  async open(row: OpenRow): Promise<void> {
    // the caller is refused; when the row is written after all, it must not look like a call that crashed
    const late = () => void this.close(refusedRow(row)).catch(() => undefined);
    await this.opens.add(row, this.config.records.commitMs, late).catch(unavailable);
  }

  /** @throws GatewayError `storage_unavailable`; the row is still written when the database returns. */
  async close(row: CloseRow): Promise<void> {
    await this.closes.add(row, this.config.records.commitMs).catch(unavailable);
  }

  /** The newest call of that request id. @param tenantId undefined looks at every tenant. */
  async find(requestId: string, tenantId: string | undefined): Promise<RequestView | undefined> {
    const rows = await this.database
      .query<ViewRow[]>(VIEW_SQL, [requestId, tenantId ?? null])
      .catch((error: unknown) => (isUnavailable(error) ? unavailable(error) : Promise.reject(error as Error)));
    return rows[0] && viewOf(rows[0], this.unknownAfterMs());
  }

  private async maintain(): Promise<void> {
    await this.database.query('select llm_requests_ensure_partitions($1)', [PARTITIONS_AHEAD]);
    await this.database.query(
      `update llm_requests set status = 'unknown', closed_at = now()
       where model is null and status = 'open' and created_at < now() - make_interval(secs => $1)`,
      [this.unknownAfterMs() / 1_000],
    );
  }

  private unknownAfterMs(): number {
    return longestCallMs(this.config.policies) + UNKNOWN_AFTER_MS;
  }
}

function refusedRow({ id, createdAt }: OpenRow): CloseRow {
  return {
    id,
    createdAt,
    status: 'refused',
    model: null,
    provider: null,
    providerModel: null,
    providerRequestId: null,
    errorCode: 'storage_unavailable',
    finishReason: null,
    usage: null,
    costMicros: null,
    attempts: 0,
    repeated: false,
    dropped: [],
    degraded: null,
    cache: null,
    tried: null,
    firstTokenMs: null,
    upstreamMs: null,
    latencyMs: Date.now() - createdAt.getTime(),
    closedAt: new Date(),
  };
}

function unavailable(cause: unknown): never {
  throw new GatewayError('storage_unavailable', 'The call cannot be recorded now', { retryAfter: 2, cause });
}
