import type { CallFilter, Group } from './usage-groups';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * What a group is in a table of calls, and its type: the same names in all of them. Texts there are in the order of their bytes, as
 * those of the two other types are.
 */
const COLUMNS: { readonly [G in Group]: readonly [column: string, type: string] } = {
  tenant: ['tenant_id', 'uuid'],
  key: ['key_id', 'text'],
  user: ['user_ref', 'text'],
  model: ['model', 'text'],
  provider: ['provider', 'text'],
  tag: ['tag', 'text'],
  session: ['session_ref', 'text'],
  day: ['day', 'date'],
};

export const columnsOf = (groups: readonly Group[]): string[] => groups.map((group) => COLUMNS[group][0]);

/** The texts of groups as parameters of their types. @param values parameters so far; longer afterwards */
export function parametersOf(groups: readonly Group[], texts: readonly string[], values: unknown[]): string {
  return groups.map((group, i) => `$${values.push(texts[i] ?? '')}::${COLUMNS[group][1]}`).join(', ');
}

/** To be joined to the calls: a row for each tag where that is asked for, one of no name for calls that have none. */
export function tagJoin(groups: readonly Group[]): string {
  return groups.includes('tag')
    ? `cross join lateral unnest(case when cardinality(tags) = 0 then array[''] else tags end) as tag`
    : '';
}

/** @param values parameters so far; longer afterwards @returns conditions, all of which must hold */
export function callConditions(filter: CallFilter, values: unknown[]): string[] {
  const conditions: string[] = [];
  const equal = (column: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(`${column} = $${values.push(value)}`);
  };
  equal('tenant_id', filter.tenant);
  equal('key_id', filter.key);
  equal('user_ref', filter.user);
  equal('provider', filter.provider);
  if (filter.model !== undefined) conditions.push(isModel(filter.model, values));
  if (filter.tag !== undefined) conditions.push(`tags @> array[$${values.push(filter.tag)}::text]`);
  return conditions;
}

/** A model by the provider's name for it, alone or as `provider/model`. @param values parameters so far; longer afterwards */
export function isModel(model: string, values: unknown[]): string {
  const place = `$${values.push(model)}::text`;
  return `(model = ${place} or provider || '/' || model = ${place})`;
}
