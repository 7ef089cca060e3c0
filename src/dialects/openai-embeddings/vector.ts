import { GatewayError } from '../../contract/errors';

const FLOAT = 4;

/** Base64 of little-endian 32-bit floats. */
export function toBase64(vector: readonly number[] | string): string {
  if (typeof vector === 'string') return vector;
  const bytes = Buffer.allocUnsafe(vector.length * FLOAT);
  for (let i = 0; i < vector.length; i++) bytes.writeFloatLE(vector[i], i * FLOAT);
  return bytes.toString('base64');
}

export function toFloats(vector: readonly number[] | string): readonly number[] {
  if (typeof vector !== 'string') return vector;
  const bytes = Buffer.from(vector, 'base64');
  if (bytes.length % FLOAT) throw new GatewayError('provider_failed', 'The provider sent an embedding that is cut off');
  const floats: number[] = [];
  for (let at = 0; at < bytes.length; at += FLOAT) floats.push(bytes.readFloatLE(at));
  return floats;
}
