import { createHash } from 'node:crypto';
import { canonicalJson } from '../../contract/canonical-json';
import type { Config } from '../../platform/config/config';
import type { Facts } from './format/header';

/** What was in force, by 128 bits of SHA-256 each; the `config.loaded` entry of the process holds what they stand for. */
export function policyHashes(config: Config): NonNullable<Facts['policy']> {
  const content = configuration(config);
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [
      name,
      createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32),
    ]),
  );
}

/** What an operator configured; secrets are references here. */
export function configuration(config: Config): { readonly [name: string]: object } {
  const { server, limits, audit, health, idempotency, answers, models, prices, policies, guards, flags } = config;
  // keys are no configuration: they change while the process runs
  const providers = config.providers.map((provider) => ({ ...provider, apiKeys: undefined }));
  return {
    settings: { server, limits, audit, health, idempotency, answers, providers },
    models: { models, prices },
    policies,
    guards,
    flags,
  };
}
