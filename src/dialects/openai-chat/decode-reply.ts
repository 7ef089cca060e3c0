import { GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import { type ReplyEvent, UNKNOWN_USAGE } from '../../contract/reply';
import { ChoiceDecoder } from './choice-decoder';
import { providerError } from './provider-error';
import { asCount, asObject, asObjects, asText } from '../tolerant';
import { decodeUsage } from './usage';

export function decodeReply(body: JsonObject): ReplyEvent[] {
  if (!isObject(body)) throw new GatewayError('provider_failed', 'The provider sent an answer that is no object');
  if (body.error) throw providerError(body.error);
  const choices = asObjects(body.choices);
  if (!choices.length) throw new GatewayError('provider_failed', 'The provider sent an answer without choices');
  const id = asText(body.id);
  return [
    { type: 'start', id, model: asText(body.model) },
    ...choices.flatMap((choice) => decodeChoice(choice, id)),
    { type: 'end', usage: decodeUsage(body.usage) ?? UNKNOWN_USAGE },
  ];
}

function decodeChoice(choice: JsonObject, replyId: string): ReplyEvent[] {
  const decoder = new ChoiceDecoder(asCount(choice.index), replyId);
  return [
    ...decoder.message(asObject(choice.message)),
    ...(isObject(choice.logprobs) ? decoder.native('logprobs') : []),
    ...decoder.finish(choice.finish_reason),
  ];
}
