import { AwsKmsKeyWrapper } from './aws/aws-kms-key-wrapper';
import { keyBytes } from './key-text';
import { parseKeyReference } from './key-reference';
import type { KeyWrapper } from './key-wrapper';
import { LocalKeyWrapper } from './local-key-wrapper';
import type { SecretStore } from './secret-store';
import { VaultTransitKeyWrapper } from './vault/vault-transit-key-wrapper';

export interface KeyWrappers {
  /** Wraps whatever is wrapped from now on. */
  readonly use: KeyWrapper;
  /** Still unwrap what they wrapped. */
  readonly previous: readonly KeyWrapper[];
}

/** The part of the configuration that says where the key-encryption keys are. */
export interface KeyWrapperSettings {
  readonly masterKey: Buffer;
  readonly audit: { readonly kek: { readonly use: string; readonly previous: readonly string[] } };
  readonly secrets: SecretStore;
}

/** The names under which the store knows key-encryption keys that are secrets. */
export const KEK_NAMES = {
  use: 'audit.kek.use',
  previous: (index: number): string => `audit.kek.previous[${index}]`,
} as const;

/**
 * The key-encryption keys as they are configured. One that is a secret is taken as it was at start: a rotation of the
 * secret is no rotation of the key, which also needs the former one among `previous`.
 * @throws SecretUnavailable when the environment does not say where Vault is
 */
export function keyWrappers(config: KeyWrapperSettings): KeyWrappers {
  const { use, previous } = config.audit.kek;
  return {
    use: keyWrapper(use, KEK_NAMES.use, config),
    previous: previous.map((text, index) => keyWrapper(text, KEK_NAMES.previous(index), config)),
  };
}

function keyWrapper(text: string, name: string, { masterKey, secrets }: KeyWrapperSettings): KeyWrapper {
  const reference = parseKeyReference(text);
  switch (reference?.kind) {
    case 'master-key':
      return LocalKeyWrapper.ofMasterKey(masterKey);
    case 'vault-transit':
      return new VaultTransitKeyWrapper(reference.path, secrets.backends.vault());
    case 'aws-kms':
      return new AwsKmsKeyWrapper(reference.arn, secrets.backends.awsClient());
    case 'secret':
      return new LocalKeyWrapper(keyBytes(secrets.get(name).initial.reveal()));
    case undefined:
      throw new Error(`${name} is no reference to a key`);
  }
}
