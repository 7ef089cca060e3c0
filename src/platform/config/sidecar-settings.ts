/** The `sanitization.sidecar` block of `config/gatehouse.yaml`. */
import { z } from 'zod';
import { HttpUrl, SecretReference } from './setting-types';

const Language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/, 'must be a language code such as en or pt');
const isDistinct = (list: readonly string[]): boolean => new Set(list).size === list.length;

export const SidecarSettings = z
  .strictObject({
    url: HttpUrl.describe("A server that speaks the API of Presidio's analyzer; `/analyze` is added."),
    apiKey: SecretReference.optional().describe('Sent as a bearer token. A reference to a secret: secrets.md.'),
    languages: z
      .union([Language, z.array(Language).min(1).max(8).refine(isDistinct, 'must name each language once')])
      .prefault('en')
      .transform((languages): readonly string[] => (typeof languages === 'string' ? [languages] : languages))
      .describe('One, or a list: each text is examined in each of them. The server must have a model for it.'),
    timeoutMs: z
      .int()
      .min(10)
      .max(60_000)
      .default(500)
      .describe('How long one text may take, with all its windows and languages.'),
    threshold: z.number().min(0).max(1).default(0.5).describe('Findings that are less sure are left out.'),
    entities: z
      .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "must be one of the server's names, such as PERSON"))
      .min(1)
      .max(100)
      .refine(isDistinct, 'must name each entity once')
      .optional()
      .describe(
        "What to ask for, by the server's names; when absent all that it knows but DATE_TIME and URL, which are in nearly every text.",
      ),
    maxCharacters: z
      .int()
      .min(500)
      .max(100_000)
      .default(2_000)
      .describe('The most that is sent at once; longer texts go in windows that overlap.'),
  })
  .describe('Finds names, addresses and organisations, which no rule can. Without it they pass unseen.');
export type SidecarSettings = z.infer<typeof SidecarSettings>;
