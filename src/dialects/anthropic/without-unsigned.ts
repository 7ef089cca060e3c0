import { isObject, type Json, type JsonObject } from '../../contract/json';

/**
 * Messages without thoughts that have no proof of origin, as models of other vendors leave them: Anthropic refuses those. The
 * same list where there are none.
 */
export function withoutUnsigned(messages: readonly Json[]): readonly Json[] {
  return messages.some(holdsUnsigned) ? messages.flatMap(signedOnly) : messages;
}

/** A message that held nothing else is left out. */
function signedOnly(message: Json): Json[] {
  if (!holdsUnsigned(message)) return [message];
  const content = message.content.filter((block) => !isUnsigned(block));
  return content.length ? [{ ...message, content }] : [];
}

function holdsUnsigned(message: Json): message is JsonObject & { readonly content: readonly Json[] } {
  return isObject(message) && Array.isArray(message.content) && message.content.some(isUnsigned);
}

function isUnsigned(block: Json): boolean {
  return isObject(block) && block.type === 'thinking' && !block.signature;
}
