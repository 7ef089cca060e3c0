import type { JsonObject } from '../../contract/json';
import { StateReport } from '../../contract/state-report';
import type { BulkheadRefused } from '../../contract/events';
import type { BulkheadPolicy } from '../../platform/config/policies';
import { FairSemaphore, type Entry, type Patience, type Timers } from './fair-semaphore';

export type Scope = BulkheadRefused['scope'];

/** One bulkhead: what it protects, and how many may pass. */
export interface Bulkhead {
  readonly scope: Scope;
  readonly name: string;
  readonly limit: BulkheadPolicy;
}

export interface BulkheadState {
  readonly scope: Scope;
  readonly name: string;
  readonly inUse: number;
  readonly waiting: number;
  /** As the last call that came by was told. */
  readonly limit: number;
}

interface Gate {
  readonly semaphore: FairSemaphore;
  limit: number;
}

const PROCESS_TIMERS: Timers = {
  now: () => performance.now(),
  after: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};

/** A status page needs no more. */
const LISTED = 500;

/** Every bulkhead that is in use in this process; those of providers, whose names are configured, stay. */
export class Bulkheads extends StateReport {
  override readonly reports = 'bulkheads';
  private readonly gates: Readonly<Record<Scope, Map<string, Gate>>> = {
    tenant: new Map(),
    model: new Map(),
    provider: new Map(),
  };

  constructor(private readonly timers: Timers = PROCESS_TIMERS) {
    super();
  }

  /** Whoever entered must `leave` once. */
  enter({ scope, name, limit }: Bulkhead, tenant: string, patience: Patience): Entry | Promise<Entry> {
    let gate = this.gates[scope].get(name);
    if (!gate) this.gates[scope].set(name, (gate = { semaphore: new FairSemaphore(this.timers), limit: 0 }));
    gate.limit = limit.concurrency;
    const entry = gate.semaphore.enter(tenant, limit, patience);
    this.forget(scope, name, gate);
    return entry;
  }

  leave({ scope, name }: Bulkhead, tenant: string): void {
    const gate = this.gates[scope].get(name);
    if (!gate) throw new Error('left without having entered');
    gate.semaphore.leave(tenant);
    this.forget(scope, name, gate);
  }

  /** The busiest first, so many as a page can show. */
  states(): BulkheadState[] {
    return Object.entries(this.gates)
      .flatMap(([scope, gates]) =>
        [...gates].map(
          ([
            name,
            {
              limit,
              semaphore: { inUse, waiting },
            },
          ]) => ({
            scope: scope as Scope,
            name,
            inUse,
            waiting,
            limit,
          }),
        ),
      )
      .toSorted((a, b) => b.waiting - a.waiting || b.inUse - a.inUse)
      .slice(0, LISTED);
  }

  override state(): readonly JsonObject[] {
    return this.states().map(({ scope, name, inUse, waiting, limit }) => ({
      scope,
      name,
      in_use: inUse,
      waiting,
      limit,
      ...(scope === 'tenant' && { tenant: name }),
    }));
  }

  private forget(scope: Scope, name: string, { semaphore }: Gate): void {
    if (scope !== 'provider' && !semaphore.size) this.gates[scope].delete(name);
  }
}
