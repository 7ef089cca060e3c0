import type { Readable } from 'node:stream';
import { GatewayError } from '../../contract/errors';
import type { Blame } from './pieces';

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * All of a whole answer. Listens instead of iterating: an iterator costs more than most answers do.
 * @param blame names the culprit when the bytes stop coming
 * @throws GatewayError `provider_failed` when there is too much of it
 */
export function collected(body: Readable, blame: Blame): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_BYTES) chunks.push(chunk);
      else
        body.destroy(new GatewayError('provider_failed', `The provider answered with more than ${MOST_BYTES} bytes`));
    });
    body.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    body.once('error', (error) => reject(blame(error)));
    body.once('close', () => {
      if (!body.readableEnded) reject(blame(new Error('The connection was closed before the end')));
    });
  });
}
