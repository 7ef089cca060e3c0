import { GatewayError } from '../../contract/errors';

const param = 'idempotency-key';
/** Seconds after which the call that is waited for may well be over. */
const RETRY_AFTER = 1;

export function stillAnswering(): GatewayError {
  return new GatewayError('idempotency_conflict', `Another call with this ${param} is still being answered`, {
    param,
    retryAfter: RETRY_AFTER,
  });
}

export function otherBody(): GatewayError {
  return new GatewayError('idempotency_conflict', `This ${param} was used for a call with another body`, { param });
}

export function cannotKnow(cause: unknown): GatewayError {
  const facts = { retryAfter: 2, cause };
  return new GatewayError('storage_unavailable', 'Whether this call was answered before cannot be known now', facts);
}
