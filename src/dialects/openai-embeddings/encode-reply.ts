import type { JsonObject } from '../../contract/json';
import { NO_USAGE, type ReplyEvent } from '../../contract/reply';
import type { ReplyContext } from '../codec';
import { promptTokens } from '../../contract/prompt-tokens';
import { toBase64, toFloats } from './vector';

export function encodeReply(events: readonly ReplyEvent[], context: ReplyContext): JsonObject {
  const encode = context.body.encoding_format === 'base64' ? toBase64 : toFloats;
  const data: JsonObject[] = [];
  let model = '';
  let tokens = promptTokens(NO_USAGE);
  for (const event of events) {
    if (event.type === 'start') model = event.model;
    else if (event.type === 'end') tokens = promptTokens(event.usage);
    else if (event.type === 'embedding')
      data.push({ object: 'embedding', index: event.index, embedding: encode(event.vector) });
  }
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}
