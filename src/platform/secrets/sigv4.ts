import { createHash, createHmac } from 'node:crypto';
import type { Secret } from './secret';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Of credentials that were lent for a while. */
  readonly sessionToken?: Secret | undefined;
}
export interface AwsScope {
  readonly region: string;
  /** As AWS names it in signatures: `secretsmanager`, `kms`, `s3`. */
  readonly service: string;
}
export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers of the request and those that AWS Signature Version 4 adds; without `host`, which the client sends itself.
 * @param at the time of the signature: AWS takes it for five minutes at most
 */
export function signed(
  request: AwsRequest,
  credentials: AwsCredentials,
  scope: AwsScope,
  at: Date,
): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const bodyHash = sha256(request.body ?? '');
  const sent: Record<string, string> = { ...lowerCased(request.headers ?? {}), 'x-amz-date': time };
  if (credentials.sessionToken) sent['x-amz-security-token'] = credentials.sessionToken.reveal();
  if (scope.service === 's3') sent['x-amz-content-sha256'] = bodyHash;

  const headers = sorted(Object.entries({ ...sent, host: request.url.host }));
  const names = headers.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    pathOf(request.url, scope),
    queryOf(request.url),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    names,
    bodyHash,
  ].join('\n');

  const within = `${time.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
  const key = signingKey(credentials.secretAccessKey, within);
  const signature = hmac(key, [ALGORITHM, time, within, sha256(canonical)].join('\n')).toString('hex');
  sent['authorization'] =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${within}, SignedHeaders=${names}, Signature=${signature}`;
  return sent;
}

function signingKey(secret: Secret, within: string): Buffer {
  return within.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret.reveal()}`));
}

/** S3 takes the path as it is sent; every other service wants what is sent encoded once more. */
function pathOf(url: URL, { service }: AwsScope): string {
  const segments = url.pathname.split('/');
  return segments.map((segment) => encode(service === 's3' ? decodeURIComponent(segment) : segment)).join('/');
}

function queryOf(url: URL): string {
  const pairs = url.search.slice(1).split('&').filter(Boolean);
  const encoded = pairs.map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value.join('=')))];
  });
  return sorted(encoded)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** By name, then by value, in the order of bytes: all of it is ASCII. */
function sorted(pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...pairs].sort((a, b) => before(a[0], b[0]) || before(a[1], b[1]));
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** RFC 3986: whatever is not unreserved. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: Buffer, content: string): Buffer {
  return createHmac('sha256', key).update(content).digest();
}
