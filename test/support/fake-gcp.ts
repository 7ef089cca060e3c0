import { createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';
import { FaultyServer, type Answer, type Asked } from './faulty-server';

const EMAIL = 'gatehouse@p.iam.gserviceaccount.com';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The service account's, as its file holds them. */
const PAIR = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** Secret Manager, the token endpoint and the metadata server of Google Cloud. Signatures are checked. */
export class FakeGcp extends FaultyServer {
  readonly tokens = new Set<string>();
  tokenSeconds = 3_600;
  /** Payloads arrive damaged. */
  damaged = false;
  private readonly secrets = new Map<string, Buffer[]>();

  /** The environment of a process on a machine of Google's. */
  get env(): Record<string, string> {
    return { CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: this.url, GCE_METADATA_HOST: new URL(this.url).host };
  }

  keyFile(over: object = {}): string {
    return JSON.stringify({
      type: 'service_account',
      client_email: EMAIL,
      private_key_id: 'k1',
      private_key: PAIR.privateKey,
      token_uri: `${this.url}/token`,
      ...over,
    });
  }

  put(secret: string, value: string | Buffer): void {
    this.secrets.set(secret, [...(this.secrets.get(secret) ?? []), Buffer.from(value)]);
  }

  protected override answer({ url, headers, body }: Asked): Answer {
    if (url.pathname === '/token') return this.signedToken(new URLSearchParams(body.toString()));
    if (url.pathname.startsWith('/computeMetadata/'))
      return headers['metadata-flavor'] === 'Google' ? this.token() : [403, {}];
    if (!this.tokens.has(String(headers.authorization).replace('Bearer ', ''))) return [401, { error: { code: 401 } }];
    const [, secret = '', asked = ''] = /^\/v1\/(projects\/.+)\/versions\/(\w+):access$/.exec(url.pathname) ?? [];
    const versions = this.secrets.get(secret) ?? [];
    const number = asked === 'latest' ? versions.length : Number(asked);
    const bytes = versions[number - 1];
    if (!bytes) return [404, { error: { code: 404, message: 'canary-reason' } }];
    const data = Buffer.from(bytes);
    if (this.damaged) data[0] = (data[0] as number) ^ 1;
    const payload = { data: data.toString('base64'), dataCrc32c: String(castagnoli(bytes)) };
    return [200, { name: `${secret.replace('projects/p', 'projects/123')}/versions/${number}`, payload }];
  }

  private signedToken(form: URLSearchParams): Answer {
    const [header = '', claims = '', signature = ''] = String(form.get('assertion')).split('.');
    const json = (part: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    const { iss, aud, iat, exp, scope } = json(claims) as Record<string, number | string>;
    const now = Date.now() / 1_000;
    const right =
      form.get('grant_type') === GRANT &&
      json(header)['alg'] === 'RS256' &&
      createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(PAIR.publicKey, signature, 'base64url') &&
      iss === EMAIL &&
      aud === `${this.url}/token` &&
      scope === 'https://www.googleapis.com/auth/cloud-platform' &&
      Math.abs(Number(iat) - now) < 60 &&
      Number(exp) - Number(iat) <= 3_600 &&
      Number(exp) > now;
    return right ? this.token() : [400, { error: 'invalid_grant' }];
  }

  private token(): Answer {
    const token = `ya29.canary-${randomUUID()}`;
    this.tokens.add(token);
    return [200, { access_token: token, expires_in: this.tokenSeconds, token_type: 'Bearer' }];
  }
}

/** Bit by bit, from the definition. */
function castagnoli(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const odd = (crc ^ (byte >> bit)) & 1;
      crc = odd ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
  return ~crc >>> 0;
}
