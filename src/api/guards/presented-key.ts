import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../contract/errors';

/** The API key a request carries. @throws GatewayError `unauthenticated` when it carries none, or two. */
export function presentedKey(headers: IncomingHttpHeaders): string {
  const { authorization } = headers;
  const bearer = authorization && bearerToken(authorization);
  const header = headers['x-api-key'];
  const key = typeof header === 'string' ? header.trim() : undefined;
  if (bearer && key && bearer !== key)
    throw new GatewayError('unauthenticated', 'Authorization and x-api-key hold different keys; send one of them');
  const presented = bearer || key;
  if (presented) return presented;
  throw new GatewayError(
    'unauthenticated',
    authorization && !bearer
      ? 'Authorization must have the form: Bearer gh_…'
      : 'An API key is needed: Authorization: Bearer gh_… or x-api-key: gh_…',
  );
}

function bearerToken(authorization: string): string | undefined {
  if (authorization.startsWith('Bearer ')) return authorization.slice(7).trim();
  return /^bearer +(\S+)\s*$/i.exec(authorization)?.[1];
}
