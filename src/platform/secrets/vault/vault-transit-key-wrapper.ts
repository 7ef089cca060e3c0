import { isObject, type JsonObject } from '../../../contract/json';
import { KeyWrapper } from '../key-wrapper';
import { SecretUnavailable } from '../secret-unavailable';
import type { VaultClient } from './vault-client';

/** A key of Vault's transit engine, which it never leaves. What is wrapped names the version: `vault:v2:…`. */
export class VaultTransitKeyWrapper extends KeyWrapper {
  override readonly id: string;

  /** @param path `<mount>/keys/<name>` */
  constructor(
    private readonly path: string,
    private readonly vault: VaultClient,
  ) {
    super();
    this.id = `vault-transit:${path}`;
  }

  override async wrap(key: Buffer, context: string): Promise<Buffer> {
    const text = await this.ask('encrypt', { plaintext: key.toString('base64'), ...bound(context) }, 'ciphertext');
    return Buffer.from(text);
  }

  override async unwrap(wrapped: Buffer, context: string): Promise<Buffer> {
    const text = await this.ask('decrypt', { ciphertext: wrapped.toString('utf8'), ...bound(context) }, 'plaintext');
    return Buffer.from(text, 'base64');
  }

  private async ask(operation: 'encrypt' | 'decrypt', body: JsonObject, field: string): Promise<string> {
    const at = this.path.lastIndexOf('/keys/');
    const path = `${this.path.slice(0, at)}/${operation}/${this.path.slice(at + '/keys/'.length)}`;
    const { data } = await this.vault.call({ method: 'POST', path, body });
    const text = isObject(data) ? data[field] : undefined;
    if (typeof text !== 'string' || !text) throw new SecretUnavailable(`Vault answered without ${field}`, true);
    return text;
  }
}

/** A key that is derived takes the context, any other only the associated data: both say the same. */
function bound(context: string): JsonObject {
  const text = Buffer.from(context).toString('base64');
  return { associated_data: text, context: text };
}
