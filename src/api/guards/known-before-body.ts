import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { presentedKey } from './presented-key';

/** Below this a body costs less to read than to ask who sent it. */
const SMALL_BYTES = 64 * 1024;

/** Guards run when the body has been read; a stranger must not make the gateway read and parse megabytes first. */
export function knownBeforeBody(
  authenticate: (key: string) => Promise<Caller>,
  mostBytes: (request: FastifyRequest) => number,
) {
  return async (request: FastifyRequest): Promise<void> => {
    const { headers } = request;
    const length = Number(headers['content-length'] ?? 0);
    const maxBytes = mostBytes(request);
    if (length > maxBytes)
      throw new GatewayError('prompt_too_large', `The body has ${length} bytes; at most ${maxBytes} are taken`);
    if (length > SMALL_BYTES || headers['transfer-encoding'] !== undefined) await authenticate(presentedKey(headers));
  };
}
