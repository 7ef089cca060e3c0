import { isObject } from '../../contract/json';
import type { Usage } from '../../contract/reply';
import { decodeUsage as decodeChatUsage } from '../openai-chat/usage';

/** A vector is an answer of no tokens. Undefined when nothing was said. */
export function decodeUsage(value: unknown): Usage | undefined {
  return isObject(value) ? decodeChatUsage({ completion_tokens: 0, ...value }) : undefined;
}
