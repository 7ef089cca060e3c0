import { Injectable } from '@nestjs/common';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import { blameFor, GatewayError } from '../../contract/errors';
import { passing } from '../../contract/passing';
import type { Piece, Reply } from '../../contract/reply';
import { Breakers, type Permit } from './breakers';
import type { CallOutcome } from './circuit-breaker';
import { Policies } from './policies';

/** A probe has this long to show that the provider answers; a process that died with one must not block the others for long. */
const PROBE_MS = 30_000;
/** A provider that a caller in a hurry gave less time than this is not judged by it: else one could close it to all. */
const FAIR_MS = 10_000;

/** Asks no model that failed too often a moment ago. What is retried counts once: only how it went in the end. */
@Injectable()
export class BreakerInterceptor extends CallInterceptor {
  constructor(
    private readonly policies: Policies,
    private readonly breakers: Breakers,
  ) {
    super();
  }

  override async intercept(attempt: Attempt, next: Send): Promise<Reply> {
    const { candidate, tenant, deadlineAt } = attempt;
    const askedAt = performance.now();
    if (!this.policies.of(candidate, tenant).breaker.enabled) return next(attempt);
    const admitted = this.breakers.admit(candidate, Math.min(PROBE_MS, Math.max(1, deadlineAt - askedAt)));
    const permit = admitted instanceof Promise ? await admitted : admitted;
    let reply: Reply;
    try {
      reply = await next(attempt);
    } catch (error) {
      permit.ended(isFailure(error, attempt, askedAt) ? 'failure' : 'ignored');
      throw error;
    }
    permit.began();
    return { ...reply, pieces: watched(reply.pieces, permit, attempt, askedAt) };
  }
}

/** The fault of the caller or of a key says nothing about the provider, nor does what breaks when the caller leaves. */
function isFailure(error: unknown, { signal, hurried }: Attempt, askedAt: number): boolean {
  const failure = GatewayError.from(error);
  // a model that is not there fails at once, and its callers should go on being told so
  if (signal.aborted || blameFor(failure) !== 'provider' || failure.code === 'model_not_found') return false;
  return failure.code !== 'deadline_exceeded' || !hurried || performance.now() - askedAt >= FAIR_MS;
}

/** An answer that has begun is a success, unless the provider breaks it. */
function watched(
  pieces: AsyncIterable<Piece>,
  permit: Permit,
  attempt: Attempt,
  askedAt: number,
): AsyncIterable<Piece> {
  let open = true;
  const end = (outcome: CallOutcome): void => {
    if (open) permit.ended(outcome);
    open = false;
  };
  return passing(pieces, {
    piece: ({ events }) => {
      if (events.at(-1)?.type === 'end') end('success');
    },
    // one that simply stops was broken off
    ended: () => end(attempt.signal.aborted ? 'success' : 'failure'),
    failed: (error) => {
      end(isFailure(error, attempt, askedAt) ? 'failure' : 'success');
      return error;
    },
    left: () => end('success'),
  });
}
