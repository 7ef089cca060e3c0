import type { CallRecord } from '../contract/call';
import type { Rates } from '../contract/rates';
import type { Reply } from '../contract/reply';
import type { ModelRequest } from '../contract/request';
import { settled } from '../contract/settle';
import type { Granted, Release } from '../features/limits';
import { type CallCharge, ratesOf } from './call-charges';
import { NotedRecord } from './noted-record';
import { TokensUsed } from './tokens-used';

/** What a call holds of its limits, until it is settled: then its slots are free and its tokens are those it really used. */
export class Admission {
  private readonly noted: NotedRecord | undefined;
  private readonly tokens: TokensUsed | undefined;
  private freed: readonly number[] | undefined;

  /** @param request whose tokens are counted; undefined where they are not limited */
  constructor(
    record: CallRecord,
    private readonly release: Release | undefined,
    private readonly charges: readonly CallCharge[],
    private readonly granted: Granted | undefined,
    request: ModelRequest | undefined,
  ) {
    if (!request) return;
    this.noted = new NotedRecord(record);
    this.tokens = new TokensUsed(request);
  }

  /** For later stages: listens to what they note, where that matters. */
  get record(): CallRecord | undefined {
    return this.noted;
  }

  /** The reply, which settles the admission. */
  held(reply: Reply): Reply {
    const { tokens, noted } = this;
    const rates = this.granted ? { rates: this.rates } : undefined;
    if (!tokens) return settled({ ...reply, ...rates }, () => this.release?.());
    return settled(
      { ...reply, ...rates },
      (outcome) => this.settle(tokens.of(reply, outcome, noted?.noted ?? {})),
      (event) => tokens.observe(event),
    );
  }

  /** There is no reply. */
  failed(): void {
    this.settle(this.tokens?.ofFailure(this.noted?.noted ?? {}) ?? 0);
  }

  private settle(tokens: number): void {
    this.release?.();
    if (!this.granted || !this.tokens) return;
    this.granted.correct(this.charges.map(({ unit, amount }) => (unit === 'tokens' ? tokens : amount)));
    this.freed = this.charges.map(({ unit, amount }) => (unit === 'tokens' ? amount - tokens : 0));
  }

  private readonly rates = (): Rates => (this.granted ? ratesOf(this.charges, this.granted, this.freed) : {});
}
