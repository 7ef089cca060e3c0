/** The `sanitization.classifier` block of `config/gatehouse.yaml`. */
import { z } from 'zod';
import { HttpUrl, SecretReference } from './setting-types';

export const ClassifierSettings = z
  .strictObject({
    url: HttpUrl.describe('Of a text-classification server in the manner of Hugging Face, its path included.'),
    apiKey: SecretReference.optional().describe('Sent as a bearer token. A reference to a secret: secrets.md.'),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
      .default('classifier')
      .describe('As records name it.'),
    labels: z
      .array(z.string().min(1).max(64))
      .min(1)
      .optional()
      .describe(
        'What the model calls an attack; when absent the usual names: injection, jailbreak, malicious, unsafe, label_1.',
      ),
    timeoutMs: z.int().min(10).max(10_000).default(150).describe('How long one call may take.'),
  })
  .describe('A model that tells instructions from data; the higher of its score and that of the rules counts.');
export type ClassifierSettings = z.infer<typeof ClassifierSettings>;
