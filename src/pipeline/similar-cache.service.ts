import { Injectable } from '@nestjs/common';
import type { CushionedCall } from '../contract/call';
import type { Reply } from '../contract/reply';
import { type Embedder, PastAnswers, type SimilarTerms } from '../features/answers';
import type { CachePolicy } from '../platform/config/policies';
import type { SimilarPolicy } from '../platform/config/similar-settings';
import { Embeddings } from './embeddings.service';
import { nearlyReply } from './nearly-reply';

/** Gives the answer to nearly the same question before a model is asked, where the policy says so or lets the caller ask for it. */
@Injectable()
export class SimilarCache {
  constructor(
    private readonly answers: PastAnswers,
    private readonly embeddings: Embeddings,
  ) {}

  /** Undefined when the answer to another question will not do. */
  termsOf(
    call: CushionedCall,
    policy: SimilarPolicy,
    { ttlSeconds }: Pick<CachePolicy, 'ttlSeconds'>,
  ): SimilarTerms | undefined {
    const { cacheIntent } = call;
    if (cacheIntent === 'no-store' || cacheIntent === 'refresh') return undefined;
    if (!policy.enabled && !(policy.onRequest && cacheIntent === 'similar')) return undefined;
    const { threshold, oneWordThreshold } = policy;
    const embedder = this.embeddings.for(call, policy);
    return { threshold, oneWordThreshold, withinSeconds: ttlSeconds, ...(embedder && { embedder }) };
  }

  /** Whose vectors a new question is remembered by. One that may not be given another's answer today may be asked for by others. */
  embedderFor(call: CushionedCall, policy: SimilarPolicy, terms: SimilarTerms | undefined): Embedder | undefined {
    return terms ? terms.embedder : policy.enabled ? this.embeddings.for(call, policy) : undefined;
  }

  async answerTo(call: CushionedCall, terms: SimilarTerms): Promise<Reply | undefined> {
    const asked = performance.now();
    const found = await this.answers.findSimilar(call, terms);
    if (!found) return undefined;
    const { provider, model, dropped, usage } = found.answer;
    const { record } = call;
    record.note('cache', 'similar');
    record.note('provider', provider);
    record.note('providerModel', model);
    record.note('dropped', dropped);
    record.note('savedUsage', usage);
    // what is waited for is the embedding model
    return { ...nearlyReply(found, call), waitedMs: terms.embedder ? performance.now() - asked : 0 };
  }
}
