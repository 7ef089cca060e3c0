import { createRequire } from 'node:module';
import type { FlagProviderSettings } from './flag-service-settings';
import type { Problems } from './problems';

const here = createRequire(__filename);

/** What flag services need that is not installed with the gateway: first what is loaded, then what that needs. */
const PACKAGES = {
  gatehouse: [],
  flagd: ['@openfeature/flagd-provider', '@grpc/grpc-js'],
  launchdarkly: ['@launchdarkly/openfeature-node-server', '@launchdarkly/node-server-sdk'],
} as const satisfies Record<FlagProviderSettings['type'], readonly string[]>;

/** Notes what must be installed for a flag service. */
export function checkFlagPackages({ type }: FlagProviderSettings, problems: Problems): void {
  const packages: readonly string[] = PACKAGES[type];
  if (!packages.every(isInstalled))
    problems.add('flags.provider', `${type} needs what is not installed: npm install ${packages.join(' ')}`);
}

/** What the package of a flag service exports. It must be installed. */
export function flagPackage<T>(type: Exclude<FlagProviderSettings['type'], 'gatehouse'>): T {
  return here(PACKAGES[type][0]) as T;
}

function isInstalled(name: string): boolean {
  try {
    here.resolve(name);
    return true;
  } catch {
    return false;
  }
}
