import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../../contract/json';
import { askService, isPassing, type ServiceAnswer } from '../ask-service';
import { scalarText } from '../scalar-text';
import { Secret } from '../secret';
import { readSecretFile } from '../secret-file';
import { SecretUnavailable } from '../secret-unavailable';
import { textOf, type Variables } from '../variables';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SPARE_MS = 60_000;

interface Held {
  readonly token: Secret;
  readonly expiresAt: number;
}

/** The access token of this process on Google Cloud: of a service account's file, or of the machine. */
export class GcpToken {
  #held: Held | undefined;
  #asking: Promise<Held> | undefined;

  constructor(
    private readonly variables: Variables,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws SecretUnavailable */
  async token(): Promise<Secret> {
    if (this.#held && this.#held.expiresAt - SPARE_MS > this.now()) return this.#held.token;
    this.#asking ??= this.obtain().finally(() => (this.#asking = undefined));
    return (await this.#asking).token;
  }

  /** Google no longer takes this one. */
  forget(token: Secret): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  held(): readonly Secret[] {
    return this.#held ? [this.#held.token] : [];
  }

  private async obtain(): Promise<Held> {
    const file = textOf(this.variables, 'GOOGLE_APPLICATION_CREDENTIALS');
    const { status, json } = await (file ? this.byServiceAccount(file) : this.byMachine());
    const token = json?.['access_token'];
    const seconds = json?.['expires_in'];
    if (status !== 200 || typeof token !== 'string')
      throw new SecretUnavailable(`Google answered ${status} to the request for a token`, isPassing(status));
    const livesMs = typeof seconds === 'number' ? seconds * 1_000 : 0;
    return (this.#held = { token: new Secret(token), expiresAt: this.now() + livesMs });
  }

  private byMachine(): Promise<ServiceAnswer> {
    const host = textOf(this.variables, 'GCE_METADATA_HOST') ?? 'metadata.google.internal';
    const url = new URL(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`);
    return askService('the metadata server of Google Cloud', url, { headers: { 'metadata-flavor': 'Google' } });
  }

  /** RFC 7523: whoever can sign for the account gets a token of it. */
  private async byServiceAccount(file: string): Promise<ServiceAnswer> {
    const { email, key, tokenUri, keyId } = accountIn((await readSecretFile(file)).value);
    const seconds = Math.floor(this.now() / 1_000);
    const part = (json: JsonObject): string => Buffer.from(JSON.stringify(json)).toString('base64url');
    const header = part({ alg: 'RS256', typ: 'JWT', ...(keyId ? { kid: keyId } : {}) });
    const claims = { iss: email, scope: SCOPE, aud: tokenUri.href, iat: seconds, exp: seconds + 3_600 };
    const content = `${header}.${part(claims)}`;
    const signature = createSign('RSA-SHA256').update(content).sign(key, 'base64url');
    return askService('Google', tokenUri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT, assertion: `${content}.${signature}` }).toString(),
    });
  }
}

interface ServiceAccount {
  readonly email: string;
  readonly key: KeyObject;
  readonly tokenUri: URL;
  readonly keyId: string | undefined;
}

function accountIn(text: string): ServiceAccount {
  try {
    const json = JSON.parse(text) as Record<string, unknown>;
    const tokenUri = URL.parse(scalarText(json['token_uri']) || 'https://oauth2.googleapis.com/token');
    if (json['type'] === 'service_account' && typeof json['client_email'] === 'string' && tokenUri)
      return {
        email: json['client_email'],
        key: createPrivateKey(scalarText(json['private_key'])),
        tokenUri,
        keyId: typeof json['private_key_id'] === 'string' ? json['private_key_id'] : undefined,
      };
  } catch {
    // what is wrong with it could be shown only with the key itself
  }
  throw new SecretUnavailable('GOOGLE_APPLICATION_CREDENTIALS is not the key file of a service account');
}
