/** What several blocks of the settings are made of. */
import { z } from 'zod';

/** Where a server is. */
export const HttpUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !/[?#]/.test(url), 'must have no query or fragment');

/** A secret never stands in the file itself, but in development as `literal:…`. What follows the scheme is checked at start. */
export const SecretReference = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|(file|aws-sm|gcp-sm|vault|literal):.+)$/,
    'must be a reference such as env:NAME, file:/path or vault:<mount>/data/<path>#field, never the secret itself',
  );
