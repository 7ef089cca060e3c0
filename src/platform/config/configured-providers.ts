import { LiveKeys } from '../secrets/live-keys';
import type { SecretRequest } from '../secrets/secret-request';
import type { SecretStore } from '../secrets/secret-store';
import type { ConfiguredProvider } from './config';
import { effectivePolicy } from './effective-policy';
import type { Environment } from './environment';
import { isPrivateHost } from './private-host';
import { someKeys } from './needed-secrets';
import type { Policies } from './policies';
import type { Problems } from './problems';
import type { ProviderSettings, Settings } from './settings';

/** The names that work without a file, what the environment calls them, and which bare model names mean them. */
const BUILT_IN = {
  anthropic: { url: 'https://api.anthropic.com', prefix: 'ANTHROPIC', models: ['claude-*'] },
  openai: {
    url: 'https://api.openai.com',
    prefix: 'OPENAI',
    models: ['gpt-*', 'o1*', 'o3*', 'o4*', 'chatgpt-*', 'codex-*', 'text-embedding-*'],
  },
  local: { url: undefined, prefix: 'LOCAL', models: [] },
} as const;
type HttpType = keyof typeof BUILT_IN;
/** Names and patterns that mean a vendor's models wherever they stand. */
export const VENDOR_MODELS: readonly string[] = Object.values(BUILT_IN).flatMap(({ models }) => models);

/** A provider whose key is still to be read. */
export interface PlannedProvider {
  readonly secret?: SecretRequest | undefined;
  readonly with: (secrets: SecretStore) => ConfiguredProvider;
}

/**
 * Providers from the file and the environment. A vendor is offered when it has a key, `local` when it has a URL, and the
 * sandbox when it is asked for in the file or when there is nothing else.
 */
export function plannedProviders(
  settings: Settings,
  policies: Policies,
  env: Environment,
  problems: Problems,
): PlannedProvider[] {
  const declared: Record<string, ProviderSettings> = { ...settings.providers };
  for (const type of Object.keys(BUILT_IN) as HttpType[]) declared[type] ??= { type };

  const found: PlannedProvider[] = [];
  for (const [name, provider] of Object.entries(declared)) {
    if (provider.type === 'sandbox') found.push({ with: () => sandbox(name, provider) });
    else {
      const http = httpProvider(name, provider, name in settings.providers, policies, env, problems);
      if (http) found.push(http);
    }
  }
  if (!found.length)
    found.push({ with: () => sandbox('sandbox', { type: 'sandbox', firstTokenMs: 0, tokensPerSecond: 0 }) });
  return found;
}

function sandbox(
  name: string,
  { firstTokenMs, tokensPerSecond, models }: Extract<ProviderSettings, { type: 'sandbox' }>,
): ConfiguredProvider {
  return {
    name,
    type: 'sandbox',
    // it stands for a vendor: what becomes of personal data there is what would become of it with one
    place: 'external',
    firstTokenMs,
    tokensPerSecond,
    models: models ?? [],
  };
}

function httpProvider(
  name: string,
  provider: Exclude<ProviderSettings, { type: 'sandbox' }>,
  inFile: boolean,
  policies: Policies,
  env: Environment,
  problems: Problems,
): PlannedProvider | undefined {
  const builtIn = BUILT_IN[provider.type];
  const where = `providers.${name}`;
  // only the built-in name reads the vendor's well-known variables: a second account must say where its key is
  const wellKnown = name === provider.type;
  const secret = provider.apiKey
    ? env.reference(provider.apiKey, `${where}.apiKey`, someKeys)
    : wellKnown
      ? env.secret(`${builtIn.prefix}_API_KEY`, someKeys)
      : undefined;
  const baseUrl = (wellKnown ? env.root(`${builtIn.prefix}_BASE_URL`) : undefined) ?? provider.baseUrl ?? builtIn.url;

  if (provider.type === 'local' ? !baseUrl : !secret) {
    if (inFile && !provider.apiKey)
      problems.add(
        where,
        provider.type === 'local' ? 'needs a baseUrl' : 'needs an apiKey (env:NAME, file:/path, vault:…)',
      );
    return undefined;
  }
  const { timeout, bulkhead } = effectivePolicy(policies, { provider: name });
  const made = {
    name,
    type: provider.type,
    place: provider.place ?? placeOf(provider.type, baseUrl as string),
    baseUrl: root(baseUrl as string),
    connections: bulkhead.provider.concurrency,
    connectMs: timeout.connectMs,
    totalMs: timeout.totalMs,
    batches: provider.type !== 'local' && provider.batches !== false,
    models: provider.models ?? (wellKnown ? builtIn.models : []),
  };
  return {
    secret,
    with: (secrets) => ({ ...made, apiKeys: new LiveKeys(secret && secrets.get(secret.name)) }),
  };
}

/** A server of one's own counts as such only where its address says so: `local` speaks to hosted servers too. */
function placeOf(type: HttpType, baseUrl: string): 'external' | 'local' {
  return type === 'local' && isPrivateHost(new URL(baseUrl).hostname) ? 'local' : 'external';
}

/** SDK habits differ: OpenAI's base URLs end in /v1, Anthropic's do not. Both are understood. */
function root(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '');
}
