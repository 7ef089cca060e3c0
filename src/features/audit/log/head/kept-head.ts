import { z } from 'zod';
import { HASH_BYTES } from '../../format/hashes';

/** A tree as the data folder keeps it. */
export const KeptHead = z.object({
  origin: z.string().min(1),
  size: z.int().min(0),
  /** Base64. */
  root: z
    .base64()
    .refine((root) => Buffer.from(root, 'base64').length === HASH_BYTES, `must be ${HASH_BYTES} bytes in base64`),
});
export type KeptHead = z.infer<typeof KeptHead>;
