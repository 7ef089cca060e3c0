import { createHash } from 'node:crypto';
import { canonicalJson } from '../../contract/canonical-json';
import type { Config } from '../../platform/config/config';
import type { ChangeableParts } from '../../platform/config/config-in-force';
import type { Facts } from './format/header';

/**
 * What is in force, by 128 bits of SHA-256 each; a `config.loaded` entry of the process holds what they stand for.
 * @param parts those that change, where they are about to
 */
export function policyHashes(config: Config, parts: ChangeableParts = config): NonNullable<Facts['policy']> {
  const content = configuration(config, parts);
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, digest(value)]));
}

/** 128 bits of SHA-256, hex. */
function digest(value: object): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);
}

/** What an operator configured; secrets are references here. */
export function configuration(config: Config, parts: ChangeableParts = config): { readonly [name: string]: object } {
  const { server, audit, health, idempotency, answers, incidents } = config;
  const { limits, models, prices, policies, guards, flags, analysisTemplates, evalSuites } = parts;
  // they may be large: what is on record is which they were
  const evals = Object.fromEntries(evalSuites.map(({ suite }) => [suite.name, digest(suite)]));
  // keys are no configuration: they change while the process runs
  const providers = config.providers.map((provider) => ({ ...provider, apiKeys: undefined }));
  return {
    settings: { server, limits, audit, health, idempotency, answers, providers, analysisTemplates, evals, incidents },
    models: { models, prices },
    policies,
    guards,
    flags,
  };
}
