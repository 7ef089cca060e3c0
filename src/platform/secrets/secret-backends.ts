import { AwsClient } from './aws/aws-client';
import { AwsCredentialsChain } from './aws/aws-credentials-chain';
import { AwsSecrets } from './aws/aws-secrets';
import { GcpSecrets } from './gcp/gcp-secrets';
import { GcpToken } from './gcp/gcp-token';
import { Secret } from './secret';
import type { Reading } from './secret-backend';
import { readSecretFile } from './secret-file';
import type { SecretReference } from './secret-reference';
import type { AwsCredentials } from './sigv4';
import { textOf, type Variables } from './variables';
import { VaultClient } from './vault/vault-client';
import { VaultSecrets } from './vault/vault-secrets';

/** A reference that must be asked for. */
export type Stored = Extract<SecretReference, { scheme: 'file' | 'aws-sm' | 'gcp-sm' | 'vault' }>;

/** What opens backends and stands in the environment itself. */
const OPENERS = ['VAULT_TOKEN', 'VAULT_SECRET_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** The services that keep secrets and keys, each made when it is first needed. */
export class SecretBackends {
  private readonly chain: AwsCredentialsChain;
  private readonly aws: AwsClient;
  private readonly tokens: GcpToken;
  private vaultClient: VaultClient | undefined;

  constructor(private readonly variables: Variables) {
    this.chain = new AwsCredentialsChain(variables);
    this.aws = new AwsClient(variables, this.chain);
    this.tokens = new GcpToken(variables);
  }

  /** @throws SecretUnavailable */
  async read(reference: Stored, signal: AbortSignal): Promise<Reading> {
    switch (reference.scheme) {
      case 'file':
        return readSecretFile(reference.path);
      case 'aws-sm':
        return new AwsSecrets(this.aws).read(reference, signal);
      case 'gcp-sm':
        return new GcpSecrets(this.variables, this.tokens).read(reference, signal);
      case 'vault':
        return new VaultSecrets(this.vault()).read(reference, signal);
    }
  }

  /** @throws SecretUnavailable when the environment does not say where Vault is */
  vault(): VaultClient {
    return (this.vaultClient ??= new VaultClient(this.variables));
  }

  awsClient(): AwsClient {
    return this.aws;
  }

  /** For whoever signs requests to AWS itself. @throws SecretUnavailable */
  awsCredentials(): Promise<AwsCredentials> {
    return this.chain.credentials();
  }

  /** What opens the backends is secret too. */
  held(): readonly Secret[] {
    const given = OPENERS.flatMap((name) => textOf(this.variables, name) ?? []).map((value) => new Secret(value));
    return [...given, ...this.chain.held(), ...this.tokens.held(), ...(this.vaultClient?.held() ?? [])];
  }

  close(): void {
    this.vaultClient?.close();
  }
}
