import type { JsonObject } from '../../../contract/json';
import { isObject } from '../../../contract/json';
import { Secret } from '../secret';
import { SecretUnavailable } from '../secret-unavailable';
import type { VaultLogin } from './vault-login';

/** Asks Vault; the token is undefined while logging in. */
export type VaultAsk = (
  method: string,
  path: string,
  body: JsonObject | undefined,
  token: Secret | undefined,
) => Promise<{ readonly status: number; readonly json: JsonObject | undefined }>;

interface Lease {
  readonly token: Secret;
  /** Milliseconds of the clock; for ever when Vault set no end or does not say. */
  readonly expiresAt: number;
}

/** So much of its life a token may have lived before it is renewed. */
const RENEW_AFTER = 2 / 3;
const AGAIN_MS = 5_000;
const LONGEST_TIMER_MS = 2_147_483_647;

/** The token of this process: had by logging in where that is set up, kept alive, and had anew when it ends. */
export class VaultToken {
  #lease: Lease | undefined;
  #asking: Promise<Lease> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly login: VaultLogin,
    private readonly ask: VaultAsk,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws SecretUnavailable */
  async token(): Promise<Secret> {
    if (this.#lease && this.#lease.expiresAt > this.now()) return this.#lease.token;
    this.#asking ??= this.obtain().finally(() => (this.#asking = undefined));
    return (await this.#asking).token;
  }

  /** Vault no longer takes this one. */
  forget(token: Secret): void {
    if (this.#lease?.token !== token) return;
    this.#lease = undefined;
    clearTimeout(this.#timer);
  }

  held(): readonly Secret[] {
    return this.#lease ? [this.#lease.token] : [];
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  private async obtain(): Promise<Lease> {
    if (this.login.by !== 'token') {
      const { status, json } = await this.ask('POST', this.login.path, await this.login.body(), undefined);
      const auth = isObject(json?.['auth']) ? json['auth'] : {};
      const token = auth['client_token'];
      if (status !== 200 || typeof token !== 'string')
        throw new SecretUnavailable(`Vault answered ${status} to the ${this.login.by} login`, status >= 429);
      return this.keep(new Secret(token), auth['lease_duration'], auth['renewable']);
    }
    const token = new Secret(await this.login.token());
    // a token that may not even look at itself is used as long as Vault takes it
    const { status, json } = await this.ask('GET', 'auth/token/lookup-self', undefined, token);
    const data = status === 200 && isObject(json?.['data']) ? json['data'] : {};
    return this.keep(token, data['ttl'], data['renewable']);
  }

  private keep(token: Secret, seconds: unknown, renewable: unknown): Lease {
    const ms = typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : Infinity;
    this.#lease = { token, expiresAt: this.now() + ms };
    clearTimeout(this.#timer);
    if (ms < Infinity && renewable === true) this.renewIn(ms * RENEW_AFTER, token);
    return this.#lease;
  }

  private renewIn(ms: number, token: Secret): void {
    this.#timer = setTimeout(() => void this.renew(token), Math.min(ms, LONGEST_TIMER_MS)).unref();
  }

  private async renew(token: Secret): Promise<void> {
    const lease = this.#lease;
    if (lease?.token !== token) return;
    try {
      const { status, json } = await this.ask('POST', 'auth/token/renew-self', {}, token);
      const auth = isObject(json?.['auth']) ? json['auth'] : {};
      if (this.#lease !== lease) return;
      if (status === 200) return void this.keep(token, auth['lease_duration'], auth['renewable']);
      // no longer than its longest life: whoever can log in again does so at the next use
      if (status < 429 && this.login.by !== 'token') return this.forget(token);
    } catch {
      // Vault is away: as long as the token lives there is time to try again
    }
    if (this.#lease === lease && lease.expiresAt > this.now() + AGAIN_MS) this.renewIn(AGAIN_MS, token);
  }
}
