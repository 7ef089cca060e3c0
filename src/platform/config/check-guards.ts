import type { GuardChange, Guards } from './guards';
import type { Problems } from './problems';

/** Notes every entry that could never take effect. @param known the names of all providers that can be configured */
export function checkGuards(guards: Guards, known: ReadonlySet<string>, problems: Problems): void {
  check('defaults', guards.defaults, known, problems);
  for (const [name, change] of Object.entries(guards.tenants)) check(`tenants.${name}`, change, known, problems);
}

function check(where: string, { personalData }: GuardChange, known: ReadonlySet<string>, problems: Problems): void {
  for (const name of providersIn(personalData))
    if (!known.has(name)) problems.add(`guards.yaml ${where}.personalData`, `provider ${name} is not configured`);
}

/** The names of all providers that a policy mentions. */
export function providersIn(personalData: GuardChange['personalData']): string[] {
  const ofEntities = Object.values(personalData?.entities ?? {});
  const places = [personalData, ...ofEntities.filter((entity) => typeof entity === 'object')];
  return places.flatMap((place) => Object.keys(place?.providers ?? {}));
}
