/** What several blocks of the settings are made of. */
import { z } from 'zod';

/** Where a server is. */
export const HttpUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !/[?#]/.test(url), 'must have no query or fragment')
  .refine((url) => !/^https?:\/\/[^/]*@/i.test(url), 'must hold no user or password');

/** What browsers send as `origin`, letter for letter; any other spelling would never be met. */
export const Origin = z
  .string()
  .refine(isOrigin, 'must be an origin as browsers send it, such as https://app.example.com: no path, no pattern');

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.origin === text && !text.includes('*');
  return text === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[^/?#@*\s]+$/.test(text);
}

/** A secret never stands in the file itself, but in development as `literal:…`. What follows the scheme is checked at start. */
export const SecretReference = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|(file|aws-sm|gcp-sm|vault|literal):.+)$/,
    'must be a reference such as env:NAME, file:/path or vault:<mount>/data/<path>#field, never the secret itself',
  );
