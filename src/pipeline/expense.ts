import type { ConformingCall, Tried } from '../contract/call';
import type { Picos } from '../contract/money';
import type { Reply, ReplyEvent, Usage } from '../contract/reply';
import { settled, type Outcome } from '../contract/settle';
import type { PriceBook } from '../features/cost';
import { EstimatedUsage } from './estimated-usage';
import type { NotedRecord } from './noted-record';
import { wastedOf, wasWorkedOn, withWasted } from './tries';

/** What a call has used, and what that costs: settled once, however the call ends. */
export class Expense {
  private readonly used = new EstimatedUsage();

  /** @param record noted by the stages that ask the provider */
  constructor(
    private readonly call: Pick<ConformingCall, 'request' | 'inBatch'>,
    private readonly record: NotedRecord,
    private readonly prices: PriceBook,
    private readonly at: number,
    private readonly settle: (cost: Picos, answered: boolean) => void,
  ) {}

  /** The same reply; its cost is settled before its last piece is handed out. */
  settling(reply: Reply): Reply {
    return settled(
      reply,
      (outcome) => this.ended(outcome, `${reply.provider}/${reply.model}`),
      (event: ReplyEvent) => this.used.observe(event),
    );
  }

  /** There was no reply. */
  failed(error: unknown): void {
    const { provider, providerModel } = this.record.noted;
    this.ended({ kind: 'failed', error }, `${provider}/${providerModel}`);
  }

  private ended(outcome: Outcome, target: string): void {
    const { tried } = this.record.noted;
    const usage = withWasted(this.usageOf(outcome, tried), tried);
    const how = { batch: this.call.inBatch !== undefined, wasted: wastedOf(tried) };
    this.settle((usage && this.prices.cost(target, usage, this.at, how)) ?? 0n, outcome.kind === 'answered');
  }

  private usageOf(outcome: Outcome, tried: readonly Tried[] | undefined): Usage | undefined {
    if (outcome.kind === 'answered') return outcome.usage;
    if (!wasWorkedOn(tried)) return undefined;
    const usage = this.used.of(this.call.request);
    // nobody else says what was used by an answer that was cut off
    this.record.note('spent', usage);
    return usage;
  }
}
