import { GatewayError } from '../../contract/errors';
import type { Blame } from './pieces';

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * All of a whole answer.
 * @param blame names the culprit when the bytes stop coming
 * @throws GatewayError `provider_failed` when there is too much of it
 */
export async function collected(body: AsyncIterable<Buffer>, blame: Blame): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MOST_BYTES)
        throw new GatewayError('provider_failed', `The provider answered with more than ${MOST_BYTES} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw blame(error);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
}
