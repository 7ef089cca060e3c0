import { Injectable } from '@nestjs/common';
import type { CacheCheckedCall, CushionedCall, Handler } from '../contract/call';
import type { CacheReason, Reply } from '../contract/reply';
import { Stage } from '../contract/stage';
import { PastAnswers, type Recall, recallOf, type Told } from '../features/answers';
import { Policies } from '../features/resilience';
import type { Policy } from '../platform/config/effective-policy';
import { CoalescedAnswers } from './coalesced-answers.service';
import { SimilarCache } from './similar-cache.service';
import { tenantOf } from './tenant-of';

type Terms = NonNullable<ReturnType<SimilarCache['termsOf']>>;

interface Asking {
  readonly call: CushionedCall;
  readonly policy: Policy;
  readonly recall: Recall;
  readonly next: Handler<CacheCheckedCall>;
}

/**
 * Gives a fresh answer to the same request, or else to nearly the same question, before any model is asked, and keeps new ones; where the
 * policy says so. Equal calls at one time ask once.
 */
@Injectable()
export class CacheStage extends Stage<CushionedCall, CacheCheckedCall> {
  constructor(
    private readonly answers: PastAnswers,
    private readonly policies: Policies,
    private readonly shared: CoalescedAnswers,
    private readonly similar: SimilarCache,
  ) {
    super();
  }

  override wrap(next: Handler<CacheCheckedCall>): Handler<CushionedCall> {
    return (call) => {
      const policy = this.policies.of(call.candidates[0], tenantOf(call));
      const recall = recallOf(policy, call);
      const asking: Asking = { call, policy, recall, next };
      const { answerKey: key } = call;
      if (call.inBatch?.way === 'back') return this.asked(asking, 'absent');
      if (recall.why || key === undefined) return this.ask(asking, recall.why ?? 'not-repeatable');
      return this.shared.answer(call, key, policy, (why, told) => this.ask(asking, why, told));
    };
  }

  /** @param why there is no fresh answer to the same request */
  private ask(asking: Asking, why: CacheReason, told?: (end: Told) => void): Promise<Reply> {
    const { call, policy } = asking;
    const { answerKey: key } = call;
    const terms = key === undefined ? undefined : this.similar.termsOf(call, policy.cache.similar, policy.cache);
    return terms ? this.nearly(asking, why, told, terms) : this.asked(asking, why, told);
  }

  private async nearly(
    asking: Asking,
    why: CacheReason,
    told: ((end: Told) => void) | undefined,
    terms: Terms,
  ): Promise<Reply> {
    const nearly = await this.similar.answerTo(asking.call, terms);
    if (!nearly) return this.asked(asking, why, told, terms);
    told?.({ kind: 'answered' });
    return nearly;
  }

  /** Asks a model, and keeps what it answers. */
  private async asked(
    { call, policy, recall, next }: Asking,
    why: CacheReason,
    told?: (end: Told) => void,
    terms?: Terms,
  ): Promise<Reply> {
    const { answerKey: key, record } = call;
    const { similar } = policy.cache;
    const cache = key !== undefined && (recall.exact || terms) ? 'miss' : 'bypass';
    record.note('cache', cache);
    record.note('cacheReason', why);
    const reply = { ...(await next({ ...call, cache })), cache } as const;
    if (key === undefined) return reply;
    const isNear = recall.similar || policy.degradation.similar || similar.enabled;
    const embedder = isNear ? this.similar.embedderFor(call, similar, terms) : undefined;
    return this.answers.keeping(reply, call, key, recall.keepSeconds, isNear && { embedder }, told);
  }
}
