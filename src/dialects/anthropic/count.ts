import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { NO_USAGE, type ReplyEvent } from '../../contract/reply';
import { malformed, providerError } from './error';

/** A count says nothing of its maker, and costs nothing. */
export function decodeCount(body: JsonObject): ReplyEvent[] {
  if (body.type === 'error') throw providerError(body);
  const { input_tokens: tokens } = body;
  if (typeof tokens !== 'number' || tokens < 0) throw malformed();
  return [
    { type: 'start', id: '', model: '' },
    { type: 'token_count', tokens },
    { type: 'end', usage: NO_USAGE },
  ];
}

export function encodeCount(events: readonly ReplyEvent[]): JsonObject {
  for (const event of events) if (event.type === 'token_count') return { input_tokens: event.tokens };
  throw malformed();
}

export function refuseStream(): never {
  throw new GatewayError('invalid_request', 'Token counts are not streamed', { param: 'stream' });
}
