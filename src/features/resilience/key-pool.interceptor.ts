import { Injectable } from '@nestjs/common';
import { once } from 'node:events';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { GatewayError } from '../../contract/errors';
import type { Reply } from '../../contract/reply';
import { held } from './held-reply';
import type { KeyPool } from './key-pool';
import { KeyPools } from './key-pools';
import { Policies } from './policies';

/** Chooses the provider's key for a call, and another one when the provider refuses it. */
@Injectable()
export class KeyPoolInterceptor extends CallInterceptor {
  constructor(
    private readonly pools: KeyPools,
    private readonly policies: Policies,
  ) {
    super();
  }

  override intercept(attempt: Attempt, next: Send): Promise<Reply> {
    const pool = this.pools.of(attempt.candidate.provider);
    return pool ? this.ask(pool, attempt, next) : next(attempt);
  }

  private async ask(pool: KeyPool, attempt: Attempt, next: Send): Promise<Reply> {
    const { candidate, tenant, signal, deadlineAt } = attempt;
    const asked = new Set<number>();
    let attempts = 0;
    let looked = false;
    for (let failure: GatewayError | undefined; ;) {
      const loan = pool.borrow(asked);
      if (!loan) {
        const refusal: GatewayError = failure ?? pool.refusal();
        // the last key was refused a moment ago: somebody may be asking for a newer one right now
        if (looked || refusal.code !== 'provider_failed') throw refusal;
        looked = true;
        await unlessOver(this.pools.refresh(candidate.provider), attempt);
        if (signal.aborted || performance.now() >= deadlineAt) throw refusal;
        failure = refusal;
        continue;
      }
      asked.add(loan.slot);
      try {
        const { index, spare, former } = loan;
        const reply = await next({ ...attempt, key: { index, spare, ...(former && { former }) } });
        pool.answered(loan, reply.quota);
        return held({ ...reply, attempts: attempts + reply.attempts }, signal, () => pool.giveBack(loan));
      } catch (error) {
        pool.giveBack(loan);
        const failed = GatewayError.from(error);
        attempts += failed.facts.attempts ?? 0;
        failure = withAttempts(failed, attempts);
        const { keys } = this.policies.of(candidate, tenant);
        if (!pool.failed(loan, failed, keys) || signal.aborted || performance.now() >= deadlineAt) throw failure;
        if (failed.facts.providerStatus !== 401 || looked || !pool.stands(loan)) continue;
        looked = true;
        const looking = this.pools.refresh(candidate.provider);
        // another key can answer meanwhile
        if (!loan.spare) await unlessOver(looking, attempt);
        if (signal.aborted || performance.now() >= deadlineAt) throw failure;
      }
    }
  }
}

/** Whoever waits for it goes on when the caller is gone or the time is over. */
async function unlessOver(work: Promise<void>, { signal, deadlineAt }: Attempt): Promise<void> {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const end = once(ended, 'abort');
  const timer = setTimeout(() => over.abort(), Math.max(0, deadlineAt - performance.now()));
  await Promise.race([work, end]);
  clearTimeout(timer);
  over.abort();
}

function withAttempts(failure: GatewayError, attempts: number): GatewayError {
  if ((failure.facts.attempts ?? 0) === attempts) return failure;
  return new GatewayError(failure.code, failure.message, { ...failure.facts, attempts });
}
