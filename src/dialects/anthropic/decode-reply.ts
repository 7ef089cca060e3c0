import type { JsonObject } from '../../contract/json';
import { type ReplyEvent, UNKNOWN_USAGE } from '../../contract/reply';
import { decodeBlock, decodeStart } from './decode-block';
import { malformed, providerError } from './error';
import { decodeFinish } from './stop-reason';
import { decodeUsage, isCounted } from './usage';

export function decodeReply(message: JsonObject): ReplyEvent[] {
  if (message.type === 'error') throw providerError(message);
  const start = decodeStart(message);
  if (!Array.isArray(message.content)) throw malformed();
  return [
    start,
    ...message.content.flatMap(decodeBlock),
    decodeFinish(message.stop_reason, message.stop_sequence),
    { type: 'end', usage: isCounted(message.usage) ? decodeUsage(message.usage) : UNKNOWN_USAGE },
  ];
}
