import type { Dialect } from '../contract/wire';
import { anthropicCount, anthropicMessages } from './anthropic';
import type { Codec } from './codec';
import { openaiChat } from './openai-chat';
import { openaiEmbeddings } from './openai-embeddings';
import { openaiResponses } from './openai-responses';

/** By dialect. */
export const CODECS: { readonly [D in Dialect]: Codec } = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'openai-embeddings': openaiEmbeddings,
  'anthropic-messages': anthropicMessages,
  'anthropic-count': anthropicCount,
};
