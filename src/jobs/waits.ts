import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, ERRORS, GatewayError } from '../contract/errors';

/** Met limits that pass by themselves: whoever is in no hurry waits for them. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'rate_limited',
  'concurrency_limited',
  'overloaded',
  'circuit_open',
]);
/** A database that is away for longer leaves a job to whoever finds it. */
const STORAGE_MS = 120_000;
const LEAST_MS = 250;
const LONGEST_MS = 30_000;

/** Whether it failed only because a limit was met: nothing is wrong with the work. */
export function isPassing({ code }: GatewayError): boolean {
  return PASSING.has(code);
}

/** Whether another try, later, may go better. */
export function mayPass(error: GatewayError): boolean {
  // a fault of ours may be one of the moment; whoever counts the tries finds out
  if (error.code === 'internal') return true;
  // the same call is being answered for somebody else, who may have died
  if (error.code === 'idempotency_conflict') return error.facts.retryAfter !== undefined;
  // its budget lets it wait
  if (error.facts.roomAt) return true;
  // what a provider answers about the request itself it will answer again
  return ERRORS[error.code].retry && error.status >= 429;
}

/**
 * Does the work, and again whenever a limit was met, until it is done or that has gone on for too long.
 * @param patienceMs in all
 * @param failures that may pass, and are overlooked
 * @throws what the work throws; what `signal` is aborted with
 */
export async function patiently<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  patienceMs: number,
  failures = 0,
): Promise<T> {
  const until = Date.now() + patienceMs;
  let left = failures;
  for (let tries = 0; ; tries++)
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (!isPassing(error) && !(mayPass(error) && left-- > 0)) throw error;
      const asked = (error.retryAfter ?? 1) * 1_000;
      const wait =
        Math.min(Math.max(asked, LEAST_MS * 2 ** Math.min(tries, 7)), LONGEST_MS) * (0.75 + Math.random() / 2);
      if (Date.now() + wait > until) throw error;
      await pause(wait, signal);
    }
}

/** Does the work, and again while what keeps it is away, up to `patienceMs` in all. @throws what the work throws; what `signal` is aborted with */
export async function onceKept<T>(work: () => Promise<T>, signal: AbortSignal, patienceMs = STORAGE_MS): Promise<T> {
  const until = Date.now() + patienceMs;
  for (let tries = 0; ; tries++)
    try {
      return await work();
    } catch (error) {
      const isAway = error instanceof GatewayError && error.code === 'storage_unavailable';
      if (!isAway || Date.now() > until || signal.aborted) throw error;
      await pause(Math.min(200 * 2 ** tries, 2_000) * (0.75 + Math.random() / 2), signal);
    }
}

/** The wait before the next try of a job that failed so many times, in milliseconds. */
export function backOff(
  failures: number,
  { backoffMs, maxBackoffMs }: { backoffMs: number; maxBackoffMs: number },
): number {
  return Math.min(backoffMs * 2 ** Math.min(failures, 30), maxBackoffMs) * (0.75 + Math.random() / 2);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
