import fc from 'fast-check';
import { ManualTimers } from '../../../test/support/manual-timers';
import { FairSemaphore, type Entry } from './fair-semaphore';

type Step =
  | { readonly do: 'enter'; readonly tenant: string; readonly patience: number }
  | { readonly do: 'leave'; readonly pick: number }
  | { readonly do: 'abort'; readonly pick: number }
  | { readonly do: 'advance'; readonly ms: number };

const tenant = fc.constantFrom('a', 'a', 'a', 'a', 'b', 'b', 'c', 'd');
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('enter'), tenant, patience: fc.integer({ min: 0, max: 60 }) }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('leave'), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('abort'), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.integer({ min: 1, max: 30 }) }) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 120 },
);
const limits = fc.record({
  concurrency: fc.integer({ min: 1, max: 4 }),
  queue: fc.integer({ min: 0, max: 6 }),
  queueMs: fc.integer({ min: 1, max: 40 }),
});
type Limit = typeof limits extends fc.Arbitrary<infer L> ? L : never;

interface Call {
  readonly id: number;
  readonly tenant: string;
  readonly until: number;
}

/** The rules of the bulkhead, said as plainly as they can be. */
class Rules {
  readonly holding: Call[] = [];
  line: Call[] = [];
  readonly said = new Map<number, Entry>();
  private served: string[] = [];

  constructor(private readonly limit: Limit) {}

  enter(call: Call, now: number): void {
    const mine = this.waitingOf(call.tenant);
    if (this.holding.length < this.limit.concurrency) return this.admit(call);
    if (call.until <= now) return this.say(call, 'late');
    if (this.line.length >= this.limit.queue) {
      const most = this.most();
      const newest = this.line.findLast((other) => other.tenant === most);
      if (!newest || this.waitingOf(newest.tenant) <= mine) return this.say(call, 'full');
      this.drop(newest, 'displaced');
    }
    if (!this.waitingOf(call.tenant)) this.mark(call.tenant);
    this.line.push(call);
  }

  leave(call: Call): void {
    this.holding.splice(this.holding.indexOf(call), 1);
    this.mark(call.tenant);
    const [next] = this.line.toSorted((a, b) => this.need(a, b));
    if (!next) return;
    this.line = this.line.filter((other) => other !== next);
    this.admit(next);
  }

  drop(call: Call, entry: Entry): void {
    this.line = this.line.filter((other) => other !== call);
    this.say(call, entry);
  }

  heldBy = (name: string): number => this.holding.filter((call) => call.tenant === name).length;
  private waitingOf = (name: string): number => this.line.filter((call) => call.tenant === name).length;

  private most(): string | undefined {
    const byNeed = this.line.toSorted((a, b) => this.waitingOf(b.tenant) - this.waitingOf(a.tenant) || this.need(b, a));
    return byNeed[0]?.tenant;
  }

  /** Whose tenant comes first. */
  private need(a: Call, b: Call): number {
    return (
      this.heldBy(a.tenant) - this.heldBy(b.tenant) || this.served.indexOf(a.tenant) - this.served.indexOf(b.tenant)
    );
  }

  private admit(call: Call): void {
    this.holding.push(call);
    this.mark(call.tenant);
    this.say(call, 'entered');
  }

  private mark(name: string): void {
    this.served = [...this.served.filter((other) => other !== name), name];
  }

  private say(call: Call, entry: Entry): void {
    this.said.set(call.id, entry);
  }
}

describe('FairSemaphore', () => {
  it('keeps the rules, whatever happens in whatever order', async () => {
    await fc.assert(fc.asyncProperty(limits, steps, keepsTheRules), { numRuns: 500 });
  });
});

async function keepsTheRules(limit: Limit, script: readonly Step[]): Promise<void> {
  const timers = new ManualTimers();
  const semaphore = new FairSemaphore(timers);
  const rules = new Rules(limit);
  const said = new Map<number, Entry>();
  const callers: AbortController[] = [];

  const enter = (name: string, patience: number): void => {
    const now = timers.now();
    const caller = new AbortController();
    const id = callers.push(caller) - 1;
    rules.enter({ id, tenant: name, until: now + Math.min(patience, limit.queueMs) }, now);
    const entry = semaphore.enter(name, limit, { until: now + patience, signal: caller.signal });
    void Promise.resolve(entry).then((value) => said.set(id, value));
  };
  const leave = (call: Call | undefined): void => {
    if (!call) return;
    rules.leave(call);
    semaphore.leave(call.tenant);
  };
  const abort = (call: Call | undefined): void => {
    if (!call) return;
    rules.drop(call, 'gone');
    callers[call.id]?.abort();
  };
  const advance = (ms: number): void => {
    timers.advance(ms);
    for (const call of rules.line) if (call.until <= timers.now()) rules.drop(call, 'late');
  };
  const check = async (): Promise<void> => {
    await new Promise((settled) => setImmediate(settled));
    expect(semaphore.inUse).toBeLessThanOrEqual(limit.concurrency);
    expect(semaphore.waiting).toBeLessThanOrEqual(limit.queue);
    expect(timers.pending).toBe(semaphore.waiting);
    expect([semaphore.inUse, semaphore.waiting]).toEqual([rules.holding.length, rules.line.length]);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(rules.said));
  };

  for (const step of script) {
    if (step.do === 'enter') enter(step.tenant, step.patience);
    else if (step.do === 'leave') leave(rules.holding[step.pick % rules.holding.length]);
    else if (step.do === 'abort') abort(rules.line[step.pick % rules.line.length]);
    else advance(step.ms);
    await check();
  }
  while (rules.holding.length) leave(rules.holding[0]);
  await check();
  expect([semaphore.size, timers.pending, said.size]).toEqual([0, 0, callers.length]);
}
