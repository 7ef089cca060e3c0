/**
 * What a search can ask for is kept in one inverted index (GIN). Its keys are hashes of a value, its field and its stretch:
 * 8,192 neighbouring entries. So a search goes from stretch to stretch, newest first, and stops when its page is full: a
 * frequent value costs no more than one stretch, a rare one a look-up in each. Hashes may collide; every condition is
 * checked again on the row.
 */
export const STRETCH_BITS = 13;
const FIELD_BITS = 4;

/** The order is part of the index: new ones are added at the end. */
const FIELDS = [
  'event',
  'tenant',
  'actor',
  'user_id',
  'session',
  'model',
  'provider',
  'outcome',
  'digits',
  'flag',
] as const;
export type TermField = (typeof FIELDS)[number];

/** SQL for the key of `value` in `stretch`; both are SQL expressions. */
export function termSql(field: TermField, value: string, stretch: string): string {
  return `hashtextextended(${value}, (${stretch} << ${FIELD_BITS}) + ${FIELDS.indexOf(field)})`;
}

/** SQL for the keys of a row of `audit.entries`. `digits` is the length of its cost: an order of magnitude. */
export const termsOf = (row: string): string =>
  `audit.terms(${['index', 'event', 'tenant', 'actor', 'user_id', 'session', 'model', 'model_resolved', 'provider', 'outcome', 'cost_micros', 'flags'].map((column) => `${row}.${column}`).join(', ')})`;

const stretchOfIndex = `(index >> ${STRETCH_BITS})`;
const key = (field: TermField, value: string): string => termSql(field, value, stretchOfIndex);

/** Changing one of these functions means making the index anew. */
export const TERM_FUNCTIONS_1 = `
create function audit.flag_terms(index bigint, flags text[]) returns bigint[] language sql immutable parallel safe as $$
  select array_agg(${key('flag', 'flag')}) from unnest(flags) as flag
$$;
create function audit.terms(
  index bigint, event text, tenant text, actor text, user_id text, session text, model text, model_resolved text,
  provider text, outcome text, cost_micros bigint, flags text[]
) returns bigint[] language sql immutable parallel safe as $$
  select array[
    ${key('event', 'event')}, ${key('tenant', 'tenant')}, ${key('actor', 'actor')}, ${key('user_id', 'user_id')},
    ${key('session', 'session')}, ${key('model', 'model')}, ${key('model', 'model_resolved')},
    ${key('provider', 'provider')}, ${key('outcome', 'outcome')}, ${key('digits', 'length(cost_micros::text)::text')}
  ] || case when flags is not null then audit.flag_terms(index, flags) end
$$;
`;
