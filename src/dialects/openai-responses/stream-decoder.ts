import { GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import type { StreamDecoder } from '../codec';
import type { SseFrame } from '../sse';
import { EventCompleter } from './event-completer';
import { nonsense, providerError } from './provider-error';
import { StreamedReply } from './streamed-reply';
import { writeFrame } from './write-frame';

/** `body` is the caller's request when the caller speaks this dialect: only then are frames rewritten. */
export function streamDecoder(body?: JsonObject): StreamDecoder {
  const completer = new EventCompleter(body ?? {});
  const reply = new StreamedReply();
  return {
    decode(frame) {
      if (!frame.data) return { events: [], forward: true };
      // a habit of chat servers that this dialect does not have
      if (frame.data === '[DONE]') return { events: [], forward: false };
      const sent = parse(frame);
      if (!sent.type) return { events: [], forward: true };
      const event = completer.complete(sent);
      // a response that was filled up would say more than its server knows: no usage would become a usage of nothing
      const events = reply.read(isObject(sent.response) ? sent : event);
      const isComplete = event === sent && frame.event === event.type;
      return { events, forward: true, ...(body && !isComplete && { rewritten: Buffer.from(writeFrame(event)) }) };
    },
    end() {
      if (!reply.isOver) throw new GatewayError('provider_failed', 'The provider cut the answer off');
      return [];
    },
  };
}

function parse(frame: SseFrame): JsonObject {
  let event: unknown;
  try {
    event = JSON.parse(frame.data);
  } catch {
    throw nonsense('a stream frame that is not JSON');
  }
  if (!isObject(event)) throw nonsense('a stream frame that is no event');
  if (frame.event === 'error' || event.type === 'error' || (event.type === undefined && isObject(event.error)))
    throw providerError(isObject(event.error) ? event.error : event);
  return event.type === undefined && frame.event ? { type: frame.event, ...event } : event;
}
