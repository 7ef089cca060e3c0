import type { ChatRequest } from '../../contract/request';
import type { Codec } from '../codec';
import { decodeCount, encodeCount, refuseStream } from './count';
import { decodeReply } from './decode-reply';
import { decodeRequest } from './decode-request';
import { encodeReply } from './encode-reply';
import { encodeRequest } from './encode-request';
import { encodeError } from './error';
import { forwardRequest } from './forward-request';
import { MessageStreamDecoder } from './stream-decoder';
import { MessageStreamEncoder } from './stream-encoder';
import { decodeUsage, isCounted } from './usage';

/** `POST /v1/messages`. */
export const anthropicMessages: Codec<ChatRequest> = {
  dialect: 'anthropic-messages',
  decodeRequest: (body) => decodeRequest(body, 'chat'),
  encodeRequest,
  forwardRequest,
  decodeReply,
  usageOf: ({ usage }) => (isCounted(usage) ? decodeUsage(usage) : undefined),
  streamDecoder: () => new MessageStreamDecoder(),
  encodeReply,
  streamEncoder: (context) => new MessageStreamEncoder(context),
  encodeError,
};

/** `POST /v1/messages/count_tokens`. */
export const anthropicCount: Codec<ChatRequest> = {
  dialect: 'anthropic-count',
  decodeRequest: (body) => decodeRequest(body, 'count_tokens'),
  encodeRequest,
  forwardRequest,
  decodeReply: decodeCount,
  usageOf: () => undefined,
  streamDecoder: refuseStream,
  encodeReply: encodeCount,
  streamEncoder: refuseStream,
  encodeError,
};
