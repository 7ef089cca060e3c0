import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { type Group, isGroupText, type UsageFilter } from '../../contract/usage-groups';
import { Persons } from '../../features/audit';
import { forecast, forecastFrom, Projector, UsageReports, type UsageRow } from '../../features/cost';
import { FeedbackStore, type GroupedScores } from '../../features/feedback';
import { ApiKeys, type Page, Tenants } from '../../features/tenancy';
import { decodeCursor, encodeCursor, strangeCursor } from './cursor';
import type { ChargebackQuery, ForecastView, UsageFilters, UsagePage, UsageQuery } from './usage-schema';
import { chargebackCsv, forecastView, type Names, scoresOf, usageCsv, usageView } from './usage-views';

const DAY_MS = 86_400_000;
/** Before the ledger of anybody. */
const FIRST_DAY = '1970-01-01';
const MAX_DAYS = 1_100;
const MAX_SESSION_DAYS = 31;
const MAX_CSV_ROWS = 100_000;
const NAMES_AT_ONCE = 500;
const MAX_NAMES = 50_000;

/** Answers about usage, for a caller. The ledger is up to date first: whoever has made a call sees it. */
@Injectable()
export class Usage {
  constructor(
    private readonly projector: Projector,
    private readonly reports: UsageReports,
    private readonly persons: Persons,
    private readonly tenants: Tenants,
    private readonly keys: ApiKeys,
    private readonly feedback: FeedbackStore,
  ) {}

  async page(caller: Caller, query: UsageQuery): Promise<z.output<typeof UsagePage>> {
    const groups = groupsOf(query);
    const after = query.cursor === undefined ? undefined : cursorOf(query.cursor, groups);
    const filter = { ...periodOf(query, groups), ...(await this.filter(caller, query)) };
    await this.projector.catchUp();
    const found = await this.reports.rows({ filter, groups, limit: query.limit + 1, after });
    const rows = found.slice(0, query.limit);
    const last = found.length > query.limit ? rows.at(-1) : undefined;
    const scores = await this.scores(filter, groups, rows);
    const { from, to } = filter;
    return {
      from,
      to,
      data: rows.map((row) => usageView(groups, row, scoresOf(row, scores))),
      next_cursor: last ? encodeCursor(last.groups) : null,
    };
  }

  /** @throws GatewayError `invalid_request` when there are too many rows for one file */
  async csv(caller: Caller, query: UsageQuery): Promise<string> {
    const groups = groupsOf(query);
    const filter = { ...periodOf(query, groups), ...(await this.filter(caller, query)) };
    await this.projector.catchUp();
    const rows = await this.reports.rows({ filter, groups, limit: MAX_CSV_ROWS + 1 });
    if (rows.length > MAX_CSV_ROWS)
      throw new GatewayError('invalid_request', `The file would have more than ${MAX_CSV_ROWS} rows: ask for less`, {
        param: 'group_by',
      });
    return usageCsv(groups, rows, await this.scores(filter, groups, rows));
  }

  async forecast(caller: Caller, filters: UsageFilters): Promise<z.output<typeof ForecastView>> {
    const now = new Date();
    const filter = { from: forecastFrom(now), to: dayAfter(now), ...(await this.filter(caller, filters)) };
    await this.projector.catchUp();
    const [rows, [first]] = await Promise.all([
      this.reports.rows({ filter, groups: ['day'], limit: 100 }),
      this.reports.rows({ filter: { ...filter, from: FIRST_DAY }, groups: ['day'], limit: 1 }),
    ]);
    const spend = new Map(rows.map(({ groups, measures }) => [groups[0] ?? '', measures.cost_picos]));
    const unpriced = rows.reduce((sum, { measures }) => sum + measures.unpriced, 0n);
    return forecastView(forecast(spend, now, first?.groups[0]), now, unpriced);
  }

  async chargeback(
    caller: Caller,
    { month = new Date().toISOString().slice(0, 7), tenant }: ChargebackQuery,
  ): Promise<{ readonly month: string; readonly text: string }> {
    const [year, number] = month.split('-').map(Number) as [number, number];
    const to = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
    const filter = { from: `${month}-01`, to, ...(await this.filter(caller, { tenant })) };
    await this.projector.catchUp();
    const charges = await this.reports.charges(filter);
    return { month, text: await chargebackCsv(month, charges, await this.names(caller)) };
  }

  /** What callers thought of the answers that rows are about. */
  private async scores(
    filter: UsageFilter,
    groups: readonly Group[],
    rows: readonly UsageRow[],
  ): Promise<GroupedScores> {
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first || !last) return new Map();
    return this.feedback.grouped({ ...filter, groups, between: [first.groups, last.groups] });
  }

  /** People by the names that applications use; whom the log does not know has used nothing. */
  private async filter(caller: Caller, filters: UsageFilters): Promise<Omit<UsageFilter, 'from' | 'to'>> {
    const { tenant, user, ...rest } = filters;
    const { tenant: seen, userId } = await this.persons.filter(caller, { tenant, user });
    const { key, model, provider, tag } = rest;
    return { tenant: seen, user: userId, key, model, provider, tag };
  }

  private async names(caller: Caller): Promise<Names> {
    const tenants = await all((page) => this.tenants.list(caller, page));
    const keys = await all((page) => this.keys.list(caller, page));
    return {
      tenants: new Map(tenants.map(({ id, name }) => [id, name])),
      keys: new Map(keys.map(({ id, name }) => [id, name])),
    };
  }
}

/** Every page of a list, up to a bound: names beyond it are left out, never lines. */
async function all<T extends { readonly id: string }>(
  list: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | undefined; found.length < MAX_NAMES;) {
    const { items, next } = await list({ limit: NAMES_AT_ONCE, ...(cursor !== undefined && { cursor }) });
    found.push(...items);
    if (next === null) break;
    cursor = next;
  }
  return found;
}

/** @throws GatewayError `invalid_request` */
function cursorOf(cursor: string, groups: readonly Group[]): string[] {
  const texts = decodeCursor(cursor, groups.length);
  if (!groups.every((group, i) => isGroupText(group, texts[i] ?? ''))) throw strangeCursor();
  return texts;
}

const groupsOf = ({ group_by }: UsageQuery) => (group_by?.split(',') ?? []) as Group[];

/** @throws GatewayError `invalid_request` when it is empty or too long */
function periodOf(query: UsageQuery, groups: readonly Group[]): { readonly from: string; readonly to: string } {
  const now = new Date();
  const from = query.from?.slice(0, 10) ?? `${now.toISOString().slice(0, 7)}-01`;
  const to = query.to?.slice(0, 10) ?? dayAfter(now);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days < 1) throw new GatewayError('invalid_request', 'to: must be a day after from', { param: 'to' });
  const most = groups.includes('session') ? MAX_SESSION_DAYS : MAX_DAYS;
  if (days > most)
    throw new GatewayError('invalid_request', `to: the period must not be longer than ${most} days`, { param: 'to' });
  return { from, to };
}

const dayAfter = (now: Date) => new Date(now.getTime() + DAY_MS).toISOString().slice(0, 10);
