import type { JsonObject } from '../../../contract/json';
import { askService, isPassing } from '../ask-service';
import type { Secret } from '../secret';
import { SecretUnavailable } from '../secret-unavailable';
import { textOf, type Variables } from '../variables';
import { vaultLogin } from './vault-login';
import { VaultToken } from './vault-token';

export interface VaultCall {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, not encoded. */
  readonly path: string;
  readonly body?: JsonObject;
}

/** Vault, or OpenBao, under the names that its own command uses: `VAULT_ADDR`, `VAULT_NAMESPACE`, `VAULT_TOKEN` … */
export class VaultClient {
  private readonly token: VaultToken;
  private readonly address: string;
  private readonly namespace: Record<string, string>;

  /** @throws SecretUnavailable when the environment does not say where Vault is and how to log in */
  constructor(variables: Variables) {
    const address = textOf(variables, 'VAULT_ADDR');
    if (!address || !/^https?:$/.test(URL.parse(address)?.protocol ?? ''))
      throw new SecretUnavailable('VAULT_ADDR is not set to an http(s) URL');
    this.address = address.replace(/\/+$/, '');
    const namespace = textOf(variables, 'VAULT_NAMESPACE');
    this.namespace = namespace ? { 'x-vault-namespace': namespace } : {};
    this.token = new VaultToken(vaultLogin(variables), (...question) => this.ask(...question));
  }

  /** @throws SecretUnavailable */
  async call({ method, path, body }: VaultCall, signal?: AbortSignal): Promise<JsonObject> {
    const token = await this.token.token();
    let answer = await this.ask(method, path, body, token, signal);
    if (answer.status === 403) {
      // an expired token and a forbidden path look the same
      this.token.forget(token);
      const next = await this.token.token();
      if (!next.equals(token)) answer = await this.ask(method, path, body, next, signal);
    }
    const { status, json } = answer;
    if (status === 200 && json) return json;
    throw new SecretUnavailable(`Vault ${MEANINGS[status] ?? `answered ${status}`}`, status === 200 || passes(status));
  }

  held(): readonly Secret[] {
    return this.token.held();
  }

  close(): void {
    this.token.close();
  }

  private ask(
    method: string,
    path: string,
    body: JsonObject | undefined,
    token: Secret | undefined,
    signal?: AbortSignal,
  ): ReturnType<typeof askService> {
    const url = new URL(`${this.address}/v1/${path.split('/').map(encodeURIComponent).join('/')}`);
    return askService('Vault', url, {
      method,
      headers: {
        'x-vault-request': 'true',
        ...this.namespace,
        ...(token ? { 'x-vault-token': token.reveal() } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal,
    });
  }
}

const MEANINGS: Readonly<Record<number, string>> = {
  200: 'answered something that is not JSON',
  403: 'answered 403: the token is not valid, or its policy does not allow this path',
  404: 'answered 404: there is nothing at this path',
  503: 'answered 503: it is sealed or in maintenance',
};

/** 412: this node has not heard of the latest write yet; 472 and 473: a standby. */
function passes(status: number): boolean {
  return isPassing(status) || status === 412 || status === 472 || status === 473;
}
