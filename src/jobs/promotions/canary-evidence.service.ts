import { Injectable } from '@nestjs/common';
import { type ModelCall, ModelCalls, Projector } from '../../features/cost';
import { FeedbackStore } from '../../features/feedback';
import { compare, type Comparison, mark, type Promotion, type Sample, type Side } from '../../features/promotions';

/** The newest so many of each side are compared. */
const CALLS = 5_000;
const DAY_MS = 86_400_000;

/** How calls went that got the candidate, and the rest: from the ledger, which knows those of all processes. */
@Injectable()
export class CanaryEvidence {
  constructor(
    private readonly calls: ModelCalls,
    private readonly projector: Projector,
    private readonly feedback: FeedbackStore,
  ) {}

  /** @throws GatewayError `storage_unavailable` when the ledger is behind */
  async of(promotion: Promotion): Promise<Comparison> {
    await this.projector.catchUp();
    const { alias, candidate, incumbent, plan, stepSince = promotion.changedAt, canarySince = stepSince } = promotion;
    const asked = { model: alias, flag: mark(promotion), limit: CALLS };
    const [own, beside] = await Promise.all([
      this.calls.of({ ...asked, chosen: true, since: stepSince }),
      this.calls.of({ ...asked, chosen: false, since: stepSince }),
    ]);
    // where nearly everybody has the candidate, the day before it came is what there is to compare with
    const isFew = beside.length < plan.canary.min_calls;
    const before = new Date(canarySince.getTime() - DAY_MS);
    const rest = isFew ? await this.calls.of({ ...asked, chosen: false, since: before }) : beside;
    // people take their time: what they said since the canary began
    const [ownScores, otherScores] = await Promise.all([
      this.said(candidate, alias, canarySince),
      this.said(incumbent, alias, before),
    ]);
    return compare(
      {
        calls: own.filter(({ failed, target }) => failed || target === candidate).map(sampleOf),
        feedback: ownScores,
      },
      { calls: rest.map(sampleOf), feedback: otherScores },
      plan.thresholds,
    );
  }

  private async said(model: string, alias: string, from: Date): Promise<Side['feedback']> {
    const { count, mean } = await this.feedback.scoresOf(model, { from, to: new Date(), alias });
    return mean === undefined ? undefined : { mean, n: count };
  }
}

function sampleOf({ failed, latencyMs, firstTokenMs, usd }: ModelCall): Sample {
  return { failed, latencyMs, firstTokenMs, usd };
}
