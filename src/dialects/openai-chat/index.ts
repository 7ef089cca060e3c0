import type { ChatRequest } from '../../contract/request';
import type { Codec } from '../codec';
import { encodeOpenAiError } from '../openai-error';
import { decodeReply } from './decode-reply';
import { decodeRequest } from './decode-request';
import { encodeReply } from './encode-reply';
import { encodeRequest } from './encode-request';
import { forwardCompatible, forwardRequest } from './forward-request';
import { ChatStreamDecoder } from './stream-decoder';
import { ChatStreamEncoder } from './stream-encoder';
import { decodeUsage } from './usage';

export const openaiChat: Codec<ChatRequest> = {
  dialect: 'openai-chat',
  decodeRequest,
  encodeRequest,
  forwardRequest,
  decodeReply,
  usageOf: ({ usage }) => decodeUsage(usage),
  streamDecoder: (body) => new ChatStreamDecoder(body),
  encodeReply,
  streamEncoder: (context) => new ChatStreamEncoder(context),
  encodeError: encodeOpenAiError,
};

/** As servers of others speak it: they take more than OpenAI does, and some know only older names. */
export const compatibleChat: Codec<ChatRequest> = { ...openaiChat, forwardRequest: forwardCompatible };
