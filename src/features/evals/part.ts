import { type ErrorCode, GatewayError } from '../../contract/errors';

/** What a question of a run may fail with and the run goes on: it says something of the model that was asked. */
const OF_THE_MODEL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_request',
  'prompt_rejected',
  'prompt_too_large',
  'provider_failed',
  'deadline_exceeded',
  'circuit_open',
  'overloaded',
]);

/** Why there is no answer, in words that may be read. */
export type Failure = {
  readonly code: string;
  readonly message: string;
};

/** @throws whatever ends the run: a budget, a limit of its key, a storage that is away, a model that it may not use */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  signal.throwIfAborted();
  if (!(error instanceof GatewayError) || !OF_THE_MODEL.has(error.code)) throw error;
  return { code: error.code, message: error.message.slice(0, 1_000) };
}
