import type { ChatRequest } from '../../contract/request';
import type { Codec } from '../codec';
import { encodeOpenAiError } from '../openai-error';
import { completeReply } from './complete';
import { decodeReply } from './decode-reply';
import { decodeRequest } from './decode-request';
import { encodeReply } from './encode-reply';
import { encodeRequest } from './encode-request';
import { forwardRequest } from './forward-request';
import { streamDecoder } from './stream-decoder';
import { ResponsesStreamEncoder } from './stream-encoder';
import { decodeUsage } from './usage';

/** OpenAI's Responses API, served without storing anything between calls. */
export const openaiResponses: Codec<ChatRequest> = {
  dialect: 'openai-responses',
  decodeRequest,
  encodeRequest,
  forwardRequest,
  decodeReply,
  usageOf: ({ usage }) => decodeUsage(usage),
  completeReply,
  streamDecoder,
  encodeReply,
  streamEncoder: (context) => new ResponsesStreamEncoder(context),
  encodeError: encodeOpenAiError,
};
