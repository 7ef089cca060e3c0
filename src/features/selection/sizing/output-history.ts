import type { CallFinished } from '../../../contract/events';
import { RecentMap } from '../../../contract/recent-map';
import { TokenHistogram } from './token-histogram';

/** What answers are told apart by. */
export interface OfAnswers {
  readonly tenantId: string;
  /** An alias, or `provider/model`. */
  readonly model: string;
  /** The task of the policy that a call belongs to. */
  readonly task?: string | undefined;
}

const KEPT = 2_000;
/** Before so many answers nothing is said. */
const ENOUGH = 100;
const SHARE = 0.99;
const MARGIN = 1.5;

/**
 * How long answers were, for each tenant, model and task; in the memory of this process and bounded: those that were not asked for
 * for longest are forgotten first.
 */
export class OutputHistory {
  private readonly known = new RecentMap<TokenHistogram>(KEPT);

  /** Learns from an answer that was complete and counted. One that ran into its maximum would have been longer, and counts double. */
  learn({
    outcome,
    operation,
    usage,
    tenantId,
    model,
    provider,
    providerModel,
    task,
    finishReason,
  }: CallFinished): void {
    if (outcome !== 'answered' || operation !== 'chat' || !usage?.outputTokens || usage.estimated) return;
    const tokens = finishReason === 'length' ? usage.outputTokens * 2 : usage.outputTokens;
    const names = new Set([model, provider && providerModel && `${provider}/${providerModel}`]);
    for (const name of names) if (name) this.add({ tenantId, model: name, task }, tokens);
  }

  /**
   * The most output tokens that a call is likely to need: what 99 of 100 answers needed, and half as much again. Undefined while
   * too little is known.
   */
  expectedOutput(of: OfAnswers): number | undefined {
    const histogram = this.known.get(keyOf(of));
    if (!histogram || histogram.size < ENOUGH) return undefined;
    return Math.ceil(histogram.quantile(SHARE) * MARGIN);
  }

  private add(of: OfAnswers, tokens: number): void {
    const key = keyOf(of);
    const histogram = this.known.get(key) ?? new TokenHistogram();
    this.known.set(key, histogram);
    histogram.add(tokens);
  }
}

const keyOf = ({ tenantId, model, task = '' }: OfAnswers): string => `${tenantId}\n${model}\n${task}`;
