import { isObject } from '../../../contract/json';
import { versionText } from '../scalar-text';
import { SecretBackend, type Reading } from '../secret-backend';
import type { VaultReference } from '../secret-reference';
import { SecretUnavailable } from '../secret-unavailable';
import type { VaultClient } from './vault-client';

/** Vault's key-value engine, version 2. */
export class VaultSecrets extends SecretBackend<VaultReference> {
  constructor(private readonly vault: VaultClient) {
    super();
  }

  override async read({ path, field }: VaultReference, signal?: AbortSignal): Promise<Reading> {
    const answer = await this.vault.call({ method: 'GET', path }, signal);
    const { data, metadata } = isObject(answer['data']) ? answer['data'] : {};
    if (!isObject(data) || !isObject(metadata))
      throw new SecretUnavailable('Vault answered, but not as version 2 of its key-value engine does');
    const value = Object.hasOwn(data, field) ? data[field] : undefined;
    if (typeof value !== 'string') throw new SecretUnavailable(`the secret has no field ${field} that is text`);
    return { value, version: versionText(metadata['version']) };
  }
}
