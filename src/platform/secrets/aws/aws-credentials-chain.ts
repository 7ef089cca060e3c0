import type { Secret } from '../secret';
import { SecretUnavailable } from '../secret-unavailable';
import type { AwsCredentials } from '../sigv4';
import type { Variables } from '../variables';
import { AWS_CREDENTIAL_SOURCES, type LentCredentials } from './aws-credential-sources';

/** They are replaced so long before they end that no request outlives them. */
const SPARE_MS = 300_000;

/** The credentials of this process on AWS: from the environment, a web identity, the container or the machine. */
export class AwsCredentialsChain {
  #held: LentCredentials | undefined;
  #asking: Promise<LentCredentials> | undefined;

  constructor(
    private readonly variables: Variables,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws SecretUnavailable */
  async credentials(): Promise<AwsCredentials> {
    const held = this.#held;
    if (held && (held.expiresAt ?? Infinity) - SPARE_MS > this.now()) return held;
    try {
      return await (this.#asking ??= this.find().finally(() => (this.#asking = undefined)));
    } catch (error) {
      // new ones cannot be had, and those that are held are still good for a while
      if (held && (held.expiresAt ?? Infinity) > this.now()) return held;
      throw error;
    }
  }

  /** AWS no longer takes those that are held. */
  forget(credentials: AwsCredentials): void {
    if (this.#held === credentials) this.#held = undefined;
  }

  held(): readonly Secret[] {
    return this.#held
      ? [this.#held.secretAccessKey, ...(this.#held.sessionToken ? [this.#held.sessionToken] : [])]
      : [];
  }

  private async find(): Promise<LentCredentials> {
    for (const source of AWS_CREDENTIAL_SOURCES) {
      const found = await source(this.variables);
      if (found) return (this.#held = found);
    }
    throw new SecretUnavailable('there are no AWS credentials: neither in the environment nor of the machine');
  }
}
