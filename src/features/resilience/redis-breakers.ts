import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Answer, BreakerExchange, Entry, Report } from './breaker-exchange';
import { Breakers, type BreakerView, type Permit, type Target } from './breakers';
import { NO_CALLS } from './call-window';
import type { Ticket } from './circuit-breaker';
import { KnownBreakers, type KnownBreaker, type KnownBreakersOptions } from './known-breakers';

export interface RedisBreakersOptions extends KnownBreakersOptions {
  /** Called when the breakers stop or begin to be shared. */
  readonly onStateChange?: (shared: boolean, reason?: string) => void;
  /** How long a probe keeps its place after its process was last heard of. */
  readonly leaseMs?: number;
}

/** What is known of the shared state of a breaker. */
interface Standing {
  version: number;
  /** The own revision that the others know. */
  known: number;
  /** The others were told of calls. */
  counted: boolean;
}

const EVERY_MS = 200;
const AFTER_FAILURE_MS = 25;
const RETRY_MS = 500;
/** One exchange that fails is no reason to forget the calls of the others. */
const OUTDATED_MS = 1_000;
const WAIT_MS = 100;
const LEASE_MS = 3_000;

/**
 * Breakers that all processes share. Each process decides by itself with what it knows, at once, and tells the others soon
 * after: the first to be heard is right, and the rest adopt what it said. Only a probe asks before it goes. While Redis is
 * away each process goes on alone.
 */
export class RedisBreakers extends Breakers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly known: KnownBreakers;
  private readonly standings = new WeakMap<KnownBreaker, Standing>();
  private readonly clock: () => number;
  private readonly leaseMs: number;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again: Promise<void> | undefined;
  private lastAt = -Infinity;
  private heardAt = -Infinity;
  private retryAt = 0;
  private up = true;
  private stopped = false;

  constructor(
    private readonly exchange: BreakerExchange,
    private readonly options: RedisBreakersOptions,
  ) {
    super();
    this.clock = options.clock ?? (() => performance.now());
    this.leaseMs = options.leaseMs ?? LEASE_MS;
    this.known = new KnownBreakers(options, (known) => {
      if (this.up && this.isNews(known)) void this.share();
    });
  }

  /** The state of things is known before the first call comes. */
  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => {
      if (!this.running && (this.up || this.clock() >= this.retryAt)) void this.share();
    }, EVERY_MS).unref();
    await this.share();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.up = false;
    this.stopped = true;
  }

  override admit(target: Target, withinMs: number): Permit | Promise<Permit> {
    const known = this.known.of(target);
    const { breaker } = known;
    const ticket = breaker.admit(withinMs);
    if (!ticket) throw known.refusal;
    const permit: Permit = {
      began: () => breaker.began(ticket),
      ended: (outcome) => {
        breaker.ended(ticket, outcome);
        if (outcome === 'failure') this.shareSoon();
      },
    };
    return this.up && breaker.isProbe(ticket) ? this.confirmed(known, ticket, permit) : permit;
  }

  override states(): readonly BreakerView[] {
    return this.known.views();
  }

  override renew(): void {
    this.known.renew();
  }

  /** The place of the probe was taken here, which began an exchange: it stays taken unless somebody else has it. */
  private async confirmed(known: KnownBreaker, ticket: Ticket, permit: Permit): Promise<Permit> {
    await atMost(WAIT_MS, this.again ?? this.running);
    if (!known.breaker.isProbe(ticket)) throw known.refusal;
    ticket.startedAt = this.clock(); // Redis may be slow; that is not the provider's fault
    return permit;
  }

  private shareSoon(): void {
    if (this.up && this.clock() - this.lastAt >= AFTER_FAILURE_MS) void this.share();
  }

  /** An exchange that begins now, or after the one that is under way. Never rejects. */
  private share(): Promise<void> {
    if (!this.running) return (this.running = this.run().finally(() => (this.running = undefined)));
    return (this.again ??= this.running.then(() => {
      this.again = undefined;
      return this.up ? this.share() : undefined;
    }));
  }

  private async run(): Promise<void> {
    this.lastAt = this.clock();
    const told = [...this.known].filter((known) => this.isWorthTelling(known));
    const reports = told.map((known) => this.report(known));
    let answer: Answer;
    try {
      answer = await this.exchange.send(reports);
    } catch (error) {
      this.retryAt = this.clock() + RETRY_MS;
      if (this.clock() - this.heardAt > OUTDATED_MS) for (const { breaker } of this.known) breaker.hear(NO_CALLS);
      return this.shared(false, error instanceof Error ? error.message : 'unknown error');
    }
    this.heardAt = this.clock();
    this.shared(true);
    for (const report of reports) this.hear(report, answer);
    for (const entry of answer.entries.values()) this.learn(entry);
  }

  private isWorthTelling(known: KnownBreaker): boolean {
    const { breaker } = known;
    const { counted } = this.standing(known);
    return counted || this.isNews(known) || breaker.ownCounts.calls > 0 || breaker.shared.probeForMs > 0;
  }

  private report(known: KnownBreaker): Report {
    const { name, breaker, windowMs } = known;
    const { version: base } = this.standing(known);
    const { shared, revision, ownCounts: counts } = breaker;
    const state = { ...shared, probeForMs: Math.min(this.leaseMs, shared.probeForMs) };
    return { name, counts, windowMs, base, state, ...(this.isNews(known) && { proposal: { revision } }) };
  }

  private hear({ name, counts, proposal }: Report, { entries, others }: Answer): void {
    const known = this.known.find(name);
    if (!known) return;
    const standing = this.standing(known);
    standing.counted = counts.calls > 0;
    const entry = entries.get(name);
    if (proposal && !entry) standing.known = proposal.revision; // there was no room for it: it holds here only
    if (proposal && entry && entry.by !== this.exchange.me) this.adopt(known, entry);
    known.breaker.hear(others.get(name) ?? NO_CALLS);
  }

  private learn(entry: Entry): void {
    const found = this.known.find(entry.name);
    if (!found) {
      if (entry.state !== 'closed') this.adopt(this.known.named(entry.name), entry);
      return;
    }
    const standing = this.standing(found);
    if (entry.by === this.exchange.me) {
      standing.version = entry.version;
      standing.known = entry.revision;
    } else if (entry.version > standing.version) this.adopt(found, entry);
    else if (!this.isNews(found)) found.breaker.yieldProbe(entry.probeForMs);
  }

  private adopt(known: KnownBreaker, entry: Entry): void {
    const standing = this.standing(known);
    standing.version = entry.version;
    standing.known = known.breaker.revision;
    known.breaker.adopt(entry);
  }

  /** Something happened to it here that the others do not know. */
  private isNews(known: KnownBreaker): boolean {
    return known.breaker.revision !== this.standing(known).known;
  }

  private standing(known: KnownBreaker): Standing {
    let standing = this.standings.get(known);
    if (!standing) this.standings.set(known, (standing = { version: 0, known: 0, counted: false }));
    return standing;
  }

  private shared(up: boolean, reason?: string): void {
    if (up === this.up || this.stopped) return;
    this.up = up;
    this.options.onStateChange?.(up, reason);
  }
}

function atMost(ms: number, work: Promise<void> | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void Promise.resolve(work).finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
