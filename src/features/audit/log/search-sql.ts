import type { QueryConfig } from 'pg';
import { EVENTS } from '../format/header';
import { termSql, termsOf, STRETCH_BITS, type TermField } from './provision/search-terms';

/** What entries are looked for; every member narrows it. */
export interface EntryFilter {
  /** From this time of the header on. */
  readonly from?: Date | undefined;
  /** Before this time. */
  readonly to?: Date | undefined;
  readonly tenant?: string | undefined;
  /** A subject reference. */
  readonly userId?: string | undefined;
  readonly session?: string | undefined;
  /** The API key that acted. */
  readonly actor?: string | undefined;
  /** As it was asked for, or as it was resolved. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  /** A name, or an area followed by `.*`. */
  readonly event?: string | undefined;
  readonly flag?: string | undefined;
  readonly outcome?: string | undefined;
  /** Inclusive, both. */
  readonly minCostMicros?: number | undefined;
  readonly maxCostMicros?: number | undefined;
  readonly requestId?: string | undefined;
  /** Only entries that complete no other one. */
  readonly opening?: true | undefined;
}

/** Which part of the log, from which end. */
export interface SearchWindow {
  /** The smallest index; 0 when absent. */
  readonly first?: number | undefined;
  /** Only smaller indexes: for the next page the last one of the page before. */
  readonly before?: number | undefined;
  readonly order?: 'newest first' | 'oldest first';
  readonly limit: number;
}

const COLUMNS =
  'e.part_month, index, first_index, position, entry_id, ts, event, request_id, parent, tenant, actor, user_id, session, turn, model, model_resolved, provider, outcome, flags, cost_micros';
/** Longer values are cut in the projection. */
const LONGEST = 400;

/** Conditions on a row `e`, and the keys that its stretch `s` must have among its own: all of `all`, one of each of `any`. */
class Conditions {
  readonly values: unknown[] = [];
  readonly conditions: string[] = [];
  private readonly all: string[] = [];
  private readonly any: { readonly field: TermField; readonly values: readonly string[] }[] = [];

  value(value: unknown): string {
    return `$${this.values.push(value)}`;
  }

  text(value: string): string {
    return `${this.value(value.slice(0, LONGEST))}::text`;
  }

  term(field: TermField, value: string): void {
    this.all.push(termSql(field, value, 's.stretch'));
  }

  oneOf(field: TermField, values: readonly string[]): void {
    if (values.length) this.any.push({ field, values });
  }

  equal(column: string, field: TermField, value: string | undefined): void {
    if (value === undefined) return;
    const text = this.text(value);
    this.conditions.push(`e.${column} = ${text}`);
    this.term(field, text);
  }

  /** Conditions that the inverted index answers. Their values are among the statement's only when they are asked for: it must use all it is given. */
  keys(): string[] {
    const terms = termsOf('e');
    return [
      ...(this.all.length ? [`${terms} @> array[${this.all.join(', ')}]`] : []),
      ...this.any.map(({ field, values }) => {
        const keys = values.map((value) => termSql(field, this.text(value), 's.stretch'));
        return `${terms} && array[${keys.join(', ')}]`;
      }),
    ];
  }
}

/** Entries that match. Who wraps the statement must sort by `index` again. */
export function searchSql(filter: EntryFilter, { first = 0, before, order, limit }: SearchWindow): QueryConfig {
  const where = conditionsOf(filter);
  const [low, high] = [where.value(first), where.value(before ?? Number.MAX_SAFE_INTEGER)];
  const count = where.value(limit);
  const direction = order === 'oldest first' ? 'asc' : 'desc';
  const within = (index: string) => `${index} >= ${low} and ${index} < ${high}`;
  if (filter.requestId !== undefined)
    return {
      text: `select ${COLUMNS} from audit.entries e where ${[within('e.index'), ...where.conditions].join(' and ')}
             order by index ${direction} limit ${count}`,
      values: where.values,
    };
  const keys = where.keys();
  // without a key the stretch is read by index; with one the keys find its entries, and `+ 0` keeps the planner from
  // reading the index as well
  const index = keys.length ? 'e.index + 0' : 'e.index';
  const inStretch = keys.length
    ? [...keys, `e.index >> ${STRETCH_BITS} = s.stretch`]
    : ['e.index between s.low and s.high'];
  const spans = [`low < ${high}`, `high >= ${low}`];
  if (filter.from) spans.push(`latest >= ${where.value(filter.from)}`);
  if (filter.to) spans.push(`earliest < ${where.value(filter.to)}`);
  // a nested loop keeps the order of its outer side, so the first rows are the right ones; the reader checks that they are
  return {
    text: `select ${COLUMNS} from (
        select part_month, stretch, low, high from audit.spans where ${spans.join(' and ')}
         order by stretch ${direction}, low ${direction}
      ) s cross join lateral (
        select * from audit.entries e
         where e.part_month = s.part_month and ${[...inStretch, within(index), ...where.conditions].join(' and ')}
         order by ${index} ${direction} limit ${count}
      ) e limit ${count}`,
    values: where.values,
  };
}

function conditionsOf(filter: EntryFilter): Conditions {
  const where = new Conditions();
  if (filter.from) where.conditions.push(`e.ts >= ${where.value(filter.from)}`);
  if (filter.to) where.conditions.push(`e.ts < ${where.value(filter.to)}`);
  where.equal('tenant', 'tenant', filter.tenant);
  where.equal('user_id', 'user_id', filter.userId);
  where.equal('session', 'session', filter.session);
  where.equal('actor', 'actor', filter.actor);
  where.equal('provider', 'provider', filter.provider);
  where.equal('outcome', 'outcome', filter.outcome);
  if (filter.opening) where.conditions.push('e.parent is null');
  if (filter.requestId !== undefined) where.conditions.push(`e.request_id = ${where.text(filter.requestId)}`);
  if (filter.model !== undefined) {
    const model = where.text(filter.model);
    where.conditions.push(`${model} in (e.model, e.model_resolved)`);
    where.term('model', model);
  }
  if (filter.flag !== undefined) {
    const flag = where.value(filter.flag) + '::text';
    where.conditions.push(`${flag} = any (e.flags)`);
    where.term('flag', flag);
  }
  event(where, filter.event);
  cost(where, filter.minCostMicros, filter.maxCostMicros);
  return where;
}

function event(where: Conditions, wanted: string | undefined): void {
  if (wanted === undefined) return;
  if (!wanted.endsWith('.*')) return where.equal('event', 'event', wanted);
  const area = wanted.slice(0, -1);
  const events = EVENTS.filter((name) => name.startsWith(area));
  where.conditions.push(`e.event = any (${where.value(events)}::text[])`);
  where.oneOf('event', events);
}

function cost(where: Conditions, from: number | undefined, to: number | undefined): void {
  if (from === undefined && to === undefined) return;
  const [least, most] = [Math.max(0, Math.ceil(from ?? 0)), Math.floor(to ?? Number.MAX_SAFE_INTEGER)];
  where.conditions.push(`e.cost_micros between ${where.value(least)} and ${where.value(most)}`);
  const digits = [];
  for (let n = String(least).length; n <= String(Math.max(0, most)).length; n++) digits.push(String(n));
  where.oneOf('digits', digits);
}
