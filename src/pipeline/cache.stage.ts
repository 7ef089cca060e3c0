import { Injectable } from '@nestjs/common';
import type { CacheCheckedCall, CushionedCall, Handler } from '../contract/call';
import { Stage } from '../contract/stage';
import { PastAnswers, recallOf, replay } from '../features/answers';
import { Policies } from '../features/resilience';
import { tenantOf } from './tenant-of';
import { vouched } from './vouched';

/** Gives a fresh answer to the same request before any model is asked, and keeps new ones; where the policy says so. */
@Injectable()
export class CacheStage extends Stage<CushionedCall, CacheCheckedCall> {
  constructor(
    private readonly answers: PastAnswers,
    private readonly policies: Policies,
  ) {
    super();
  }

  override wrap(next: Handler<CacheCheckedCall>): Handler<CushionedCall> {
    return async (call) => {
      const { answerKey: key, record, caller } = call;
      if (key === undefined) {
        record.note('cache', 'bypass');
        return { ...(await next({ ...call, cache: 'bypass' })), cache: 'bypass' };
      }
      const policy = this.policies.of(call.candidates[0], tenantOf(call)).degradation;
      const recall = recallOf(policy, call.cacheIntent);
      const kept = recall.cached ? await this.answers.find(caller, key, policy.freshSeconds) : undefined;
      if (kept) {
        record.note('cache', 'hit');
        record.note('provider', kept.provider);
        record.note('providerModel', kept.model);
        record.note('dropped', kept.dropped);
        return vouched(replay(kept, 'hit', call.id), call);
      }
      const cache = recall.cached ? 'miss' : 'bypass';
      record.note('cache', cache);
      const reply = { ...(await next({ ...call, cache })), cache } as const;
      return this.answers.keeping(reply, call, key, policy.staleSeconds, recall.similar || policy.similar);
    };
  }
}
