import { GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import { type ReplyEvent, UNKNOWN_USAGE } from '../../contract/reply';
import { providerError } from '../openai-chat/provider-error';
import { asCount, asObjects, asText } from '../tolerant';
import { decodeUsage } from './usage';

export function decodeReply(body: JsonObject): ReplyEvent[] {
  if (!isObject(body)) throw failed('an answer that is no object');
  if (body.error) throw providerError(body.error);
  const data = asObjects(body.data);
  if (!data.length) throw failed('an answer without embeddings');
  return [
    { type: 'start', id: asText(body.id), model: asText(body.model) },
    ...data.map((item, position) => decodeEmbedding(item, position)),
    { type: 'end', usage: decodeUsage(body.usage) ?? UNKNOWN_USAGE },
  ];
}

function decodeEmbedding(item: JsonObject, position: number): ReplyEvent {
  const index = typeof item.index === 'number' ? asCount(item.index) : position;
  const { embedding: vector } = item;
  if (typeof vector === 'string' || isVector(vector)) return { type: 'embedding', index, vector };
  throw failed('an embedding that is no vector');
}

function isVector(value: unknown): value is readonly number[] {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (typeof value[i] !== 'number') return false;
  return true;
}

function failed(what: string): GatewayError {
  return new GatewayError('provider_failed', `The provider sent ${what}`);
}
