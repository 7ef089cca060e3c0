import type { ClientBase } from 'pg';
import { uuidv7 } from '../../../contract/ids';
import { hostOf } from '../../../platform/outbound/outgoing-hosts';
import type { KeyedHash } from '../../../platform/secrets/keyed-hash';
import type { SealedBox } from '../../../platform/secrets/sealed-box';
import type { EndedJob } from '../job';
import type { JobEndings } from '../job-endings';
import type { JobsDatabase } from '../jobs-database.store';
import type { AfterTry, ClaimedDelivery, Delivery, Message, Try } from './delivery';
import { messageOf } from './webhook-message';

const PURPOSE = 'webhook';
/** Beyond its deadline a try needs so long to be written down; then its process is taken for dead. */
const GRACE_MS = 5_000;
const MOST_TRIES = 100;
const MOST_DELIVERIES = 100;
const MOST_COUNTED = 10_000;

const INSERT = `
  insert into webhook_deliveries (id, job_id, tenant_id, event, host, sealed, status, created_at, next_at)
  select id, job_id, tenant_id, event, host, sealed, 'pending', clock_timestamp(), clock_timestamp()
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[])
    as d (id, job_id, tenant_id, event, host, sealed)`;
const CLAIM = `
  select id, job_id, tenant_id, event, sealed, claim, failures from webhook_claim($1, $2, $3, make_interval(secs => $4))`;
const TRIED = `
  with mine as (
    update webhook_deliveries d set status = $3, lease_until = null, tries = d.tries + 1,
      failures = d.failures + case when $3 = 'delivered' then 0 else 1 end,
      finished_at = case when $3 = 'pending' then null else clock_timestamp() end,
      next_at = clock_timestamp() + make_interval(secs => $4)
    where d.id = $1 and d.claim = $2 and d.status = 'pending' and d.lease_until is not null returning d.id, d.tries)
  insert into webhook_tries (delivery_id, n, at, ms, status, failure) select id, tries, $5, $6, $7, $8 from mine`;
const RELEASE = `
  update webhook_deliveries set lease_until = null, next_at = clock_timestamp()
  where id = $1 and claim = $2 and status = 'pending' and lease_until is not null`;
const OF_JOB = `
  select id, tenant_id, event, status, sealed, created_at, finished_at, next_at, tries,
    lease_until is not null and lease_until > clock_timestamp() as under_way
  from webhook_deliveries where job_id = $1 order by id desc limit ${MOST_DELIVERIES}`;
const TRIES = `
  select delivery_id, at, ms, status, failure from (
    select t.*, row_number() over (partition by delivery_id order by n desc) as back from webhook_tries t
    where delivery_id = any ($1)) t
  where back <= ${MOST_TRIES} order by delivery_id, n`;
const AGAIN = `
  update webhook_deliveries set status = 'pending', finished_at = null, failures = 0, lease_until = null, next_at = clock_timestamp()
  where job_id = $1 and id = $2 and (lease_until is null or lease_until < clock_timestamp()) returning id`;
const EXISTS = `select from webhook_deliveries where job_id = $1 and id = $2`;
const WAITING = `
  select (select count(*)::int from (select from webhook_deliveries where status = 'pending' limit ${MOST_COUNTED}) w) as n,
    coalesce((select extract(epoch from clock_timestamp() - created_at)::float8 from webhook_deliveries where status = 'pending'
      order by created_at limit 1), 0) as seconds`;

interface ClaimedRow {
  readonly id: string;
  readonly job_id: string;
  readonly tenant_id: string;
  readonly event: string;
  readonly sealed: Buffer;
  readonly claim: number;
  readonly failures: number;
}
interface DeliveryRow extends Pick<ClaimedRow, 'id' | 'tenant_id' | 'event' | 'sealed'> {
  readonly status: Delivery['status'];
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly next_at: Date;
  readonly tries: number;
  readonly under_way: boolean;
}
type TryRow = { delivery_id: string; at: Date; ms: number; status: number | null; failure: Try['failure'] | null };

export interface DeliveryBounds {
  readonly timeoutMs: number;
  /** Under way at a time, over all processes. */
  readonly tenantConcurrency: number;
  readonly hostConcurrency: number;
}

/** Messages about the ends of jobs: written with the end itself, sent by one process at a time, until they have arrived. */
export class Deliveries {
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly database: JobsDatabase,
    private readonly box: SealedBox,
    private readonly hash: KeyedHash,
    endings: JobEndings,
    private readonly bounds: DeliveryBounds,
  ) {
    endings.add(
      (one) => webhookOf(one) !== undefined,
      (client, ended) => this.enqueue(client, ended),
    );
  }

  /** @param listener is told that there is something to send, or soon will be: its transaction may not have ended yet */
  onDue(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** What is to be sent next, fairly: see `webhook_claim`. @throws GatewayError `storage_unavailable` */
  async claim(most: number): Promise<readonly ClaimedDelivery[]> {
    const { timeoutMs, tenantConcurrency, hostConcurrency } = this.bounds;
    const values = [most, tenantConcurrency, hostConcurrency, (timeoutMs + GRACE_MS) / 1_000];
    const { rows } = await this.database.query<ClaimedRow>({ name: 'claim-webhooks', text: CLAIM, values });
    return rows.map(({ id, job_id: jobId, tenant_id: tenantId, event, sealed, claim, failures }) => {
      const open = (): Message => this.open(tenantId, id, sealed);
      return { id, jobId, tenantId, event, claim, failures, open };
    });
  }

  /** Writes a try down. @returns false when the message is somebody else's by now */
  async tried({ id, claim }: ClaimedDelivery, { at, ms, status, failure }: Try, after: AfterTry): Promise<boolean> {
    const [state, againMs] = 'status' in after ? [after.status, 0] : ['pending', after.againMs];
    const values = [id, claim, state, againMs / 1_000, at, Math.round(ms), status, failure];
    return !!(await this.database.query({ name: 'webhook-tried', text: TRIED, values })).rowCount;
  }

  /** Gives a message back that was not tried, or not to the end: it is due at once. */
  async release({ id, claim }: ClaimedDelivery): Promise<void> {
    await this.database.query(RELEASE, [id, claim]);
  }

  /** Newest first. @throws GatewayError `storage_unavailable` */
  async ofJob(jobId: string): Promise<readonly Delivery[]> {
    const { rows } = await this.database.query<DeliveryRow>(OF_JOB, [jobId]);
    const tries = await this.database.query<TryRow>(TRIES, [rows.map(({ id }) => id)]);
    return rows.map((row) => ({
      id: row.id,
      event: row.event,
      status: row.status,
      origin: new URL(this.open(row.tenant_id, row.id, row.sealed).url).origin,
      createdAt: row.created_at,
      ...(row.finished_at && { finishedAt: row.finished_at }),
      ...(row.status === 'pending' && !row.under_way && { nextAt: row.next_at }),
      underWay: row.under_way,
      tries: tries.rows.filter(({ delivery_id }) => delivery_id === row.id).map(tryOf),
      triesMade: row.tries,
    }));
  }

  /** Sends a message once more, now, with all its tries before it. */
  async again(jobId: string, id: string): Promise<'due' | 'under-way' | 'unknown'> {
    if ((await this.database.query(AGAIN, [jobId, id])).rowCount) {
      this.tell();
      return 'due';
    }
    return (await this.database.query(EXISTS, [jobId, id])).rowCount ? 'under-way' : 'unknown';
  }

  /** How many have not arrived, counted to ten thousand, and for how many seconds the oldest of them has not. */
  async waiting(): Promise<{ readonly n: number; readonly seconds: number }> {
    const [row] = (await this.database.query<{ n: number; seconds: number }>(WAITING)).rows;
    return row ?? { n: 0, seconds: 0 };
  }

  private async enqueue(client: ClientBase, ended: readonly EndedJob[]): Promise<void> {
    const rows = ended.flatMap((one) => {
      const url = webhookOf(one);
      return url ? [this.rowOf(one, url)] : [];
    });
    if (!rows.length) return;
    const columns = [0, 1, 2, 3, 4, 5].map((place) => rows.map((row) => row[place]));
    await client.query({ name: 'new-webhooks', text: INSERT, values: columns });
    this.tell();
  }

  private rowOf(one: EndedJob, url: URL) {
    const { id: jobId, tenantId } = one.job;
    const id = uuidv7();
    const message = messageOf(one);
    const content: Message = { url: url.href, body: JSON.stringify(message) };
    const sealed = this.box.seal(PURPOSE, tenantId, id, Buffer.from(JSON.stringify(content)));
    const host = this.hash.digest('webhook-host', tenantId, hostOf(url));
    return [id, jobId, tenantId, message.type, host, sealed] as const;
  }

  private open(tenantId: string, id: string, sealed: Buffer): Message {
    return JSON.parse(this.box.open(PURPOSE, tenantId, id, sealed).toString()) as Message;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** A job must be able to end although nobody can read any more what was handed in: then nobody is told. */
function webhookOf(one: EndedJob): URL | undefined {
  try {
    const url = one.submission().webhook?.['url'];
    return typeof url === 'string' ? (URL.parse(url) ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

function tryOf({ at, ms, status, failure }: TryRow): Try {
  return { at, ms, ...(status !== null && { status }), ...(failure !== null && { failure }) };
}
