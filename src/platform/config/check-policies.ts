import type { Policies } from './policies';
import type { Problems } from './problems';

const FILE = 'policies.yaml';

/** Notes every entry that could never take effect. @param known the names of all providers that can be configured */
export function checkPolicies(policies: Policies, known: ReadonlySet<string>, problems: Problems): void {
  const target = (where: string, name: string): void => {
    const provider = name.slice(0, name.indexOf('/'));
    if (!known.has(provider)) problems.add(`${FILE} ${where}`, `provider ${provider} is not configured`);
  };
  const targets = (where: string, names: readonly string[] | undefined): void => {
    for (const name of names ?? []) target(`${where}.fallback.to`, name);
  };
  for (const name of Object.keys(policies.providers))
    if (!known.has(name)) problems.add(`${FILE} providers.${name}`, `provider ${name} is not configured`);
  targets('defaults', policies.defaults.fallback.to);
  for (const [name, { fallback }] of Object.entries(policies.models)) {
    target(`models.${name}`, name);
    targets(`models.${name}`, fallback?.to);
  }
  for (const [name, { fallback }] of Object.entries(policies.tenants)) targets(`tenants.${name}`, fallback?.to);
  const names = new Set<string>();
  for (const [i, { name }] of policies.templates.entries())
    if (names.size === names.add(name).size) problems.add(`${FILE} templates[${i}]`, `the name ${name} is taken`);
}
