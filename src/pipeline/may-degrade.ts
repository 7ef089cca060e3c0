import type { Call } from '../contract/call';
import { blameFor, type GatewayError } from '../contract/errors';

/** Timers may ring a moment early. */
const GRACE_MS = 5;

/** Whether something humbler than a model may answer: nobody but the provider, or our key to it, is to blame. */
export function mayDegrade(
  failure: GatewayError,
  { signal, timeoutMs = Infinity, startedAt }: Pick<Call, 'signal' | 'timeoutMs' | 'startedAt'>,
  now = performance.now(),
): boolean {
  if (signal.aborted) return false;
  const blame = blameFor(failure);
  switch (failure.code) {
    case 'circuit_open':
    case 'overloaded':
      return true;
    case 'deadline_exceeded':
      return now - startedAt < timeoutMs - GRACE_MS;
    case 'client_closed':
    case 'invalid_request':
    case 'concurrency_limited':
      return false;
    default:
      return blame === 'provider' || blame === 'key';
  }
}
