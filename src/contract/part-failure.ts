import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError, type ErrorCode } from './errors';

/**
 * What can go wrong with one part of a job while the others may well be done. Anything else ends the job: limits that do not pass, an empty
 * budget, a storage that is away.
 */
const OF_A_PART: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'prompt_rejected',
  'prompt_too_large',
  'provider_failed',
  'deadline_exceeded',
]);

/** Why a part of a job has no result: a code, and words that callers may read. */
export interface PartFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** The machine-readable reason that the refusal gives, where it gives one. */
  readonly reason?: string;
}

/** Before a part is tried again that failed for a reason which may pass, after what retries and stand-ins could do. */
const PAUSES_MS = [2_000, 8_000];

/**
 * Does a part of a job. What is wrong with this part alone is given back, if need be after further tries.
 * @param work is told how often it was tried before; each try must be a step of its own
 * @throws what is wrong with the whole job; whatever `signal` was aborted with
 */
export async function partly<T>(
  signal: AbortSignal,
  work: (tried: number) => Promise<T>,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<{ readonly value: T } | { readonly failure: PartFailure }> {
  for (let tried = 0; ; tried++)
    try {
      return { value: await work(tried) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof GatewayError) || !OF_A_PART.has(error.code)) throw error;
      const failure = failureOf(error);
      const pause = mayPass(error, failure) ? pausesMs[tried] : undefined;
      if (pause === undefined) return { failure };
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
}

/** The name of a step, for each try. */
export const triedStep = (key: string, tried: number): string => (tried ? `${key}~${tried}` : key);

/** What has a reason is about the answer: the same question would have the same again. */
function mayPass({ code, status }: GatewayError, { reason }: PartFailure): boolean {
  return (code === 'provider_failed' || code === 'deadline_exceeded') && status >= 500 && reason === undefined;
}

function failureOf({ code, message, facts }: GatewayError): PartFailure {
  const reason = facts.details?.['reason'];
  return { code, message, ...(typeof reason === 'string' && { reason }) };
}
