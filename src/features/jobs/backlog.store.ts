import type { JobType } from '../../contract/job';
import type { JobsDatabase } from './jobs-database.store';

const FRESH_MS = 1_000;
/** Until something is known: as long as a call takes. */
const USUAL_SECONDS = 5;
const RECENT = 200;

const WAITING = `
  select tenant_id, count(*)::int as all, count(*) filter (where run_at <= clock_timestamp())::int as due
  from jobs where status = 'queued' group by tenant_id`;
const RUNNING = `select tenant_id, count(*)::int as n from jobs where status = 'running' group by tenant_id`;
const SLOTS = `select coalesce(sum(slots), 0)::int as slots from job_workers where lease_until > clock_timestamp()`;
const SECONDS = `
  select type, avg(extract(epoch from finished_at - claimed_at))::float8 as seconds from (
    select type, finished_at, claimed_at from jobs where status = 'succeeded' order by id desc limit ${RECENT}) r
  group by type`;
const BEAT = `
  insert into job_workers (id, slots, lease_until) values ($1, $2, clock_timestamp() + make_interval(secs => $3))
  on conflict (id) do update set slots = excluded.slots, lease_until = excluded.lease_until`;
const LEAVE = `delete from job_workers where id = $1`;

export interface Backlog {
  /** Jobs that have not begun, those included whose start lies ahead. */
  readonly queued: number;
  readonly due: number;
  readonly running: number;
  /** How many jobs all processes together work on at a time. */
  readonly slots: number;
  readonly byTenant: ReadonlyMap<string, number>;
  readonly secondsByType: ReadonlyMap<string, number>;
}

const NONE: Backlog = {
  queued: 0,
  due: 0,
  running: 0,
  slots: 0,
  byTenant: new Map(),
  secondsByType: new Map(),
};

/** How much there is to do, and how long that takes. At most a second old; what this process has added since is counted. */
export class Backlogs {
  private last: Backlog = NONE;
  private at = 0;
  private reading: Promise<Backlog> | undefined;
  private readonly added = new Map<string, number>();

  constructor(
    private readonly database: JobsDatabase,
    private readonly clock: () => number = Date.now,
  ) {}

  /** @param ageMs what is no older will do @throws GatewayError `storage_unavailable` */
  async now(ageMs = FRESH_MS): Promise<Backlog> {
    if (this.clock() - this.at < ageMs) return this.last;
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** A job was submitted by this process. */
  add(tenantId: string): void {
    this.added.set(tenantId, (this.added.get(tenantId) ?? 0) + 1);
  }

  /** Jobs that wait, of a tenant or of all. */
  async waiting(tenantId: string, ageMs = FRESH_MS): Promise<{ readonly own: number; readonly all: number }> {
    const { byTenant, queued } = await this.now(ageMs);
    let added = 0;
    for (const count of this.added.values()) added += count;
    return { own: (byTenant.get(tenantId) ?? 0) + (this.added.get(tenantId) ?? 0), all: queued + added };
  }

  /** This process works on so many jobs at a time. */
  async beat(worker: string, slots: number, leaseMs: number): Promise<void> {
    await this.database.query({ name: 'beat-worker', text: BEAT, values: [worker, slots, leaseMs / 1_000] });
  }

  async leave(worker: string): Promise<void> {
    await this.database.query(LEAVE, [worker]).catch(() => undefined);
  }

  private async read(): Promise<Backlog> {
    const added = new Map(this.added);
    const [waiting, running, slots, seconds] = await Promise.all([
      this.database.query<{ tenant_id: string; all: number; due: number }>(WAITING),
      this.database.query<{ tenant_id: string; n: number }>(RUNNING),
      this.database.query<{ slots: number }>(SLOTS),
      this.database.query<{ type: JobType; seconds: number }>(SECONDS),
    ]);
    this.last = {
      queued: sum(waiting.rows.map((row) => row.all)),
      due: sum(waiting.rows.map((row) => row.due)),
      running: sum(running.rows.map((row) => row.n)),
      slots: slots.rows[0]?.slots ?? 0,
      byTenant: new Map(waiting.rows.map((row) => [row.tenant_id, row.all])),
      secondsByType: new Map(seconds.rows.map((row) => [row.type, row.seconds])),
    };
    this.at = this.clock();
    // what was added before the question is in the answer
    for (const [tenantId, count] of added) {
      const left = (this.added.get(tenantId) ?? 0) - count;
      if (left > 0) this.added.set(tenantId, left);
      else this.added.delete(tenantId);
    }
    return this.last;
  }
}

/** Seconds until a job that is handed in now begins. */
export function secondsToStart({ due, running, slots, secondsByType }: Backlog): number {
  if (due === 0 && running < slots) return 0;
  const usual = secondsByType.size ? sum([...secondsByType.values()]) / secondsByType.size : USUAL_SECONDS;
  return ((due + 1) / Math.max(1, slots)) * usual;
}

/** Seconds that a job of this type takes, as far as is known. */
export function usualSeconds({ secondsByType }: Backlog, type: JobType): number {
  return secondsByType.get(type) ?? USUAL_SECONDS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}
