import { GatewayError } from '../../contract/errors';
import type { EmbeddingsRequest } from '../../contract/request';
import type { Codec } from '../codec';
import { encodeOpenAiError } from '../openai-error';
import { decodeReply } from './decode-reply';
import { decodeRequest } from './decode-request';
import { encodeReply } from './encode-reply';
import { encodeRequest, forwardRequest } from './encode-request';
import { decodeUsage } from './usage';

export const openaiEmbeddings: Codec<EmbeddingsRequest> = {
  dialect: 'openai-embeddings',
  decodeRequest,
  encodeRequest,
  forwardRequest,
  decodeReply,
  usageOf: ({ usage }) => decodeUsage(usage),
  encodeReply,
  streamDecoder: refuseStream,
  streamEncoder: refuseStream,
  encodeError: encodeOpenAiError,
};

function refuseStream(): never {
  throw new GatewayError('invalid_request', 'Embeddings are not streamed', { param: 'stream' });
}
