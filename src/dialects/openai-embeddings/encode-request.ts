import type { Json, JsonObject } from '../../contract/json';
import type { EmbeddingsRequest } from '../../contract/request';
import type { EncodedRequest, ForwardedRequest, Target } from '../codec';
import { refuseForeign } from '../not-carried';

export function encodeRequest(request: EmbeddingsRequest, target: Target): EncodedRequest {
  refuseForeign(request, 'openai-embeddings');
  const { input, format, dimensions, user } = request;
  const body: Record<string, Json> = { model: target.model, input, encoding_format: format };
  if (dimensions !== undefined) body.dimensions = dimensions;
  if (user !== undefined) body.user = user;
  return { body, dropped: request.hints };
}

export function forwardRequest(body: JsonObject, target: Target): ForwardedRequest {
  const { gatehouse: _ours, ...forwarded } = body;
  return { body: { ...forwarded, model: target.model }, dropped: [] };
}
