import type { Json, JsonObject } from '../../contract/json';
import type { Target } from '../codec';

export function forwardRequest(body: JsonObject, target: Target): Record<string, Json> {
  const copy: Record<string, Json> = { ...body, model: target.model };
  if ('gatehouse' in copy) delete copy.gatehouse;
  return copy;
}
