import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { Target } from '../codec';
import { unseal } from './seal';

/** The caller's body for a provider of this dialect: only the model's name and what is the gateway's own differ. */
export function forwardRequest(body: JsonObject, target: Target): Record<string, Json> {
  const { gatehouse: _own, ...forwarded } = body;
  const input = forwarded.input;
  return {
    ...forwarded,
    ...(Array.isArray(input) && input.some(isSealed) && { input: input.filter((item) => !isSealed(item)) }),
    model: target.model,
    store: false,
  };
}

/** A thought of another vendor's model, told earlier in this conversation: no provider of this dialect can read it. */
function isSealed(item: Json): boolean {
  return (
    isObject(item) &&
    item.type === 'reasoning' &&
    typeof item.encrypted_content === 'string' &&
    unseal(item.encrypted_content) !== undefined
  );
}
