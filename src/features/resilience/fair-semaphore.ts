import type { BulkheadPolicy } from '../../platform/config/policies';
import { WaitingLine, type Place } from './waiting-line';

/** How an attempt to enter ended. `displaced`: others with fewer calls waiting came; `gone`: the signal was aborted. */
export type Entry = 'entered' | 'full' | 'late' | 'displaced' | 'gone';

export interface Patience {
  /** Nobody waits longer than this, on the clock of the timers. */
  readonly until: number;
  readonly signal: AbortSignal;
}

/** A monotonic clock, in milliseconds. */
export interface Timers {
  now(): number;
  /** @returns cancels it */
  after(ms: number, fire: () => void): () => void;
}

interface Tenant {
  readonly name: string;
  held: number;
  /** When it began to wait, or last was given a slot or gave one back; an ordinal, not a time. */
  since: number;
  readonly line: WaitingLine<Waiter>;
}

interface Waiter {
  readonly tenant: Tenant;
  readonly concurrency: number;
  /** Tells it how its wait ended, and stops whatever else could end it. */
  readonly tell: (entry: Entry) => void;
}

/**
 * So many at a time. When it is full, callers wait; a slot that becomes free goes to the waiting tenant that holds the
 * fewest, among equals to the one that has gone longest without being served, and within a tenant to whoever came first.
 * Limits are those of the call at hand, so they may change from call to call.
 */
export class FairSemaphore {
  inUse = 0;
  waiting = 0;
  private ordinal = 0;
  /** Whoever holds a slot or waits for one; nobody else is remembered. */
  private readonly tenants = new Map<string, Tenant>();
  private readonly inLine = new Set<Tenant>();

  constructor(private readonly timers: Timers) {}

  /** Tenants that are remembered. */
  get size(): number {
    return this.tenants.size;
  }

  /** Answers at once unless there is something to wait for. Whoever entered must `leave` once. */
  enter(name: string, limit: BulkheadPolicy, { until, signal }: Patience): Entry | Promise<Entry> {
    if (signal.aborted) return 'gone';
    if (this.inUse < limit.concurrency) {
      this.take(this.tenant(name));
      return 'entered';
    }
    const patience = Math.min(limit.queueMs, until - this.timers.now());
    if (patience <= 0) return 'late';
    if (this.waiting >= limit.queue && !this.displaceFor(name)) return 'full';
    return new Promise((resolve) => this.wait(this.tenant(name), limit.concurrency, patience, signal, resolve));
  }

  leave(name: string): void {
    const tenant = this.tenants.get(name);
    if (!tenant?.held) throw new Error('left without having entered');
    tenant.held--;
    tenant.since = ++this.ordinal;
    this.inUse--;
    this.forget(tenant);
    this.serve();
  }

  private wait(
    tenant: Tenant,
    concurrency: number,
    patience: number,
    signal: AbortSignal,
    resolve: (entry: Entry) => void,
  ): void {
    const leaveLine = (entry: 'late' | 'gone'): void => {
      this.remove(place);
      place.who.tell(entry);
      // behind it may stand somebody with a wider limit
      this.serve();
    };
    const aborted = (): void => leaveLine('gone');
    const cancel = this.timers.after(patience, () => leaveLine('late'));
    signal.addEventListener('abort', aborted);
    const tell = (entry: Entry): void => {
      cancel();
      signal.removeEventListener('abort', aborted);
      resolve(entry);
    };
    if (!tenant.line.length) tenant.since = ++this.ordinal;
    const place = tenant.line.join({ tenant, concurrency, tell });
    this.inLine.add(tenant);
    this.waiting++;
  }

  /** Hands free slots to those who are next. */
  private serve(): void {
    for (let next = this.next(); next; next = this.next()) {
      this.take(next.who.tenant);
      this.remove(next);
      next.who.tell('entered');
    }
  }

  private next(): Place<Waiter> | undefined {
    let best: Place<Waiter> | undefined;
    for (const { line } of this.inLine) {
      const { first } = line;
      if (first && this.inUse < first.who.concurrency && (!best || comesFirst(first.who.tenant, best.who.tenant)))
        best = first;
    }
    return best;
  }

  /** The newest of those who have the most waiting makes room, unless that is who asks. */
  private displaceFor(name: string): boolean {
    let most: Tenant | undefined;
    for (const tenant of this.inLine) if (!most || hasMore(tenant, most)) most = tenant;
    const newest = most?.line.last;
    if (!most || !newest || most.line.length <= (this.tenants.get(name)?.line.length ?? 0)) return false;
    this.remove(newest);
    newest.who.tell('displaced');
    return true;
  }

  private remove(place: Place<Waiter>): void {
    const { tenant } = place.who;
    tenant.line.leave(place);
    this.waiting--;
    if (!tenant.line.length) this.inLine.delete(tenant);
    this.forget(tenant);
  }

  private take(tenant: Tenant): void {
    tenant.held++;
    tenant.since = ++this.ordinal;
    this.inUse++;
  }

  private tenant(name: string): Tenant {
    let tenant = this.tenants.get(name);
    if (!tenant) this.tenants.set(name, (tenant = { name, held: 0, since: 0, line: new WaitingLine() }));
    return tenant;
  }

  private forget({ name, held, line }: Tenant): void {
    if (!held && !line.length) this.tenants.delete(name);
  }
}

function comesFirst(a: Tenant, b: Tenant): boolean {
  return a.held === b.held ? a.since < b.since : a.held < b.held;
}

function hasMore(a: Tenant, b: Tenant): boolean {
  return a.line.length === b.line.length ? comesFirst(b, a) : a.line.length > b.line.length;
}
