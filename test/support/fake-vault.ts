import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { FaultyServer, type Answer, type Asked } from './faulty-server';

interface Token {
  expiresAt: number;
  readonly maxAt: number;
  readonly ttlMs: number;
  readonly renewable: boolean;
}

export const ROOT_TOKEN = 'hvs.canary-root';
export const TRANSIT_KEY = 'transit/keys/audit';
const REFUSED: Answer = [403, { errors: ['permission denied canary-reason'] }];

/** Vault as its API documents it: key-value engine version 2 (version 1 below `kv1/`), transit, AppRole, Kubernetes, tokens that end, namespaces. */
export class FakeVault extends FaultyServer {
  readonly roleId = 'role-1';
  secretId = 'canary-secret-id';
  jwt = 'canary-jwt';
  namespace: string | undefined;
  /** How long a token that is had by logging in lives, and how long however often it is renewed. */
  ttlMs = 3_600_000;
  maxMs = 36_000_000;
  renewals = 0;
  logins = 0;
  private readonly tokens = new Map<string, Token>();
  private readonly secrets = new Map<string, Record<string, string>[]>();
  private readonly keys = [randomBytes(32)];

  constructor() {
    super();
    this.tokens.set(ROOT_TOKEN, { expiresAt: Infinity, maxAt: Infinity, ttlMs: 0, renewable: false });
  }

  get env(): Record<string, string> {
    return { VAULT_ADDR: this.url, VAULT_TOKEN: ROOT_TOKEN };
  }
  get appRole(): Record<string, string> {
    return { VAULT_ADDR: this.url, VAULT_ROLE_ID: this.roleId, VAULT_SECRET_ID: this.secretId };
  }

  /** @param path `<mount>/data/<path>` */
  put(path: string, values: Record<string, string>): void {
    this.secrets.set(path, [...(this.secrets.get(path) ?? []), values]);
  }

  rotateKey(): void {
    this.keys.push(randomBytes(32));
  }

  revokeTokens(): void {
    for (const token of this.tokens.keys()) if (token !== ROOT_TOKEN) this.tokens.delete(token);
  }

  /** A token as `vault token create -ttl` makes it. */
  newToken(): string {
    return this.lend().client_token;
  }

  protected override answer({ method, url, headers, body }: Asked): Answer {
    if (this.namespace !== headers['x-vault-namespace']) return [404, { errors: [] }];
    const path = url.pathname.replace(/^\/v1\//, '');
    const json = (body.length ? JSON.parse(body.toString()) : {}) as Record<string, string>;
    if (path === 'auth/approle/login')
      return this.login(json['role_id'] === this.roleId && json['secret_id'] === this.secretId);
    if (path === 'auth/kubernetes/login') return this.login(json['role'] === 'gatehouse' && json['jwt'] === this.jwt);
    const name = String(headers['x-vault-token']);
    const token = this.tokens.get(name);
    if (!token || token.expiresAt <= Date.now()) return REFUSED;
    if (path === 'auth/token/lookup-self') {
      const ttl = token.expiresAt === Infinity ? 0 : Math.floor((token.expiresAt - Date.now()) / 1_000);
      return [200, { data: { ttl, renewable: token.renewable } }];
    }
    if (path === 'auth/token/renew-self') return this.renew(token);
    const transit = /^transit\/(encrypt|decrypt)\/audit$/.exec(path);
    if (transit && method === 'POST') return transit[1] === 'encrypt' ? this.encrypt(json) : this.decrypt(json);
    return method === 'GET' ? this.read(decodeURIComponent(path)) : [405, { errors: [] }];
  }

  private read(path: string): Answer {
    if (path.startsWith('secret/data/forbidden')) return REFUSED;
    if (path.startsWith('kv1/')) return [200, { data: { key: 'canary-v1' } }];
    const versions = this.secrets.get(path);
    const data = versions?.at(-1);
    if (!versions || !data) return [404, { errors: [] }];
    return [200, { data: { data, metadata: { version: versions.length, destroyed: false } } }];
  }

  private login(right: boolean): Answer {
    if (!right) return [400, { errors: ['invalid role or secret ID canary-reason'] }];
    this.logins++;
    return [200, { auth: this.lend() }];
  }

  private lend(): { client_token: string; lease_duration: number; renewable: boolean } {
    const token = `hvs.canary-${randomUUID()}`;
    const now = Date.now();
    const [ttlMs, maxAt] = [this.ttlMs, now + this.maxMs];
    this.tokens.set(token, { expiresAt: now + ttlMs, maxAt, ttlMs, renewable: true });
    return { client_token: token, lease_duration: ttlMs / 1_000, renewable: true };
  }

  private renew(token: Token): Answer {
    if (!token.renewable) return [400, { errors: ['lease is not renewable'] }];
    this.renewals++;
    token.expiresAt = Math.min(token.maxAt, Date.now() + token.ttlMs);
    return [200, { auth: { lease_duration: (token.expiresAt - Date.now()) / 1_000, renewable: true } }];
  }

  private encrypt({ plaintext = '', associated_data: aad = '' }: Record<string, string>): Answer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.keys.at(-1) as Buffer, nonce).setAAD(Buffer.from(aad, 'base64'));
    const sealed = [nonce, cipher.update(Buffer.from(plaintext, 'base64')), cipher.final(), cipher.getAuthTag()];
    return [200, { data: { ciphertext: `vault:v${this.keys.length}:${Buffer.concat(sealed).toString('base64')}` } }];
  }

  private decrypt({ ciphertext = '', associated_data: aad = '' }: Record<string, string>): Answer {
    const [, version, text = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
    const key = this.keys[Number(version) - 1];
    try {
      const sealed = Buffer.from(text, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key as Buffer, sealed.subarray(0, 12))
        .setAAD(Buffer.from(aad, 'base64'))
        .setAuthTag(sealed.subarray(-16));
      const plain = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      return [200, { data: { plaintext: plain.toString('base64') } }];
    } catch {
      return [400, { errors: ['cipher: message authentication failed'] }];
    }
  }
}
