import type { Models } from './models';
import type { Problems } from './problems';
import type { Settings } from './settings';

const FILE = 'gatehouse.yaml';

/** Notes every limit that could never take effect. @param known the names of all providers that can be configured */
export function checkLimits(
  { tenants, models }: Settings['limits'],
  listed: Models | undefined,
  known: ReadonlySet<string>,
  problems: Problems,
): void {
  const names = new Set([...Object.keys(listed?.models ?? {}), ...Object.values(listed?.aliases ?? {}).flat()]);
  const check = (where: string, patterns: object): void => {
    for (const pattern of Object.keys(patterns)) {
      const provider = pattern.slice(0, Math.max(0, pattern.indexOf('/')));
      if (pattern === '*') continue;
      if (!known.has(provider)) problems.add(`${FILE} ${where}.${pattern}`, `provider ${provider} is not configured`);
      else if (listed && !pattern.endsWith('*') && !names.has(pattern))
        problems.add(
          `${FILE} ${where}.${pattern}`,
          `models.yaml does not list it; list it there, or write ${pattern}*`,
        );
    }
  };
  check('limits.models', models);
  const seen = new Set<string>();
  for (const [name, entry] of Object.entries(tenants)) {
    const where = `limits.tenants.${name}`;
    check(`${where}.models`, entry.models);
    if (name !== '*' && name.includes('*'))
      problems.add(`${FILE} ${where}`, 'is no pattern: a tenant has its name or id, "*" is for all that are not named');
    if (seen.size === seen.add(name.toLowerCase()).size)
      problems.add(`${FILE} ${where}`, 'the tenant has an entry already: names of tenants differ by more than case');
  }
}
