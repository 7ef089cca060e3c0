import type { JsonObject } from '../../contract/json';
import { type FinishReason, type ReplyEvent, UNKNOWN_USAGE } from '../../contract/reply';
import { asObject, asText } from '../tolerant';
import { nonsense, providerError } from './provider-error';
import { decodeUsage } from './usage';

/** The first event of a reply. */
export function readStart(response: JsonObject): ReplyEvent {
  const id = asText(response.id);
  if (!id) throw nonsense('a response without an id');
  const usage = decodeUsage(response.usage);
  return { type: 'start', id, model: asText(response.model), ...(usage && { usage }) };
}

/** The last events of a reply. @throws GatewayError when the response failed. */
export function readEnd(response: JsonObject, calledTools: boolean): ReplyEvent[] {
  return [
    { type: 'finish', reason: finishReason(response, calledTools) },
    { type: 'end', usage: decodeUsage(response.usage) ?? UNKNOWN_USAGE },
  ];
}

function finishReason(response: JsonObject, calledTools: boolean): FinishReason {
  switch (asText(response.status ?? 'completed')) {
    case 'completed':
      return calledTools ? 'tool_calls' : 'stop';
    case 'incomplete':
      return asObject(response.incomplete_details).reason === 'content_filter' ? 'content_filter' : 'length';
    case 'failed':
      throw providerError(response.error);
    default:
      throw nonsense('an unfinished response');
  }
}
