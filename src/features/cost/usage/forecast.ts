import type { Picos } from '../../../contract/money';

export interface Forecast {
  /** YYYY-MM */
  readonly month: string;
  readonly spent: Picos;
  /** The mean of the last seven whole days, or of as many as there are; undefined where there is none. */
  readonly daily: Picos | undefined;
  /** How many whole days `daily` is the mean of. */
  readonly days: number;
  /** The mean of the seven days before; undefined where there are not seven. */
  readonly dailyBefore: Picos | undefined;
  /** By how many percent `daily` is above it, one decimal. */
  readonly trendPercent: number | undefined;
  /** At the end of the month. */
  readonly expected: Picos | undefined;
}

const DAY_MS = 86_400_000;
const WEEK = 7;

/** The first day (UTC) that a forecast looks at: two weeks before today, or the beginning of the month. */
export function forecastFrom(now: Date): string {
  const twoWeeks = dayOf(now.getTime() - 2 * WEEK * DAY_MS);
  const month = `${dayOf(now.getTime()).slice(0, 7)}-01`;
  return twoWeeks < month ? twoWeeks : month;
}

/**
 * What will have been spent at the end of the month, if each day that is left costs as much as a day of the last week did.
 * @param spend by day, YYYY-MM-DD (UTC); days without any may be left out
 * @param began the first day with any, which may be before all of these
 */
export function forecast(spend: ReadonlyMap<string, Picos>, now: Date, began: string | undefined): Forecast {
  const today = dayOf(now.getTime());
  const month = today.slice(0, 7);
  const on = (daysAgo: number) => spend.get(dayOf(now.getTime() - daysAgo * DAY_MS)) ?? 0n;
  const sum = (from: number, to: number) => {
    let total = 0n;
    for (let daysAgo = from; daysAgo <= to; daysAgo++) total += on(daysAgo);
    return total;
  };
  const known = daysSince(began, today);
  const days = Math.min(known, WEEK);
  const week = sum(1, days);
  const daily = days > 0 ? week / BigInt(days) : undefined;
  const dailyBefore = known >= 2 * WEEK ? sum(WEEK + 1, 2 * WEEK) / BigInt(WEEK) : undefined;
  let spent = 0n;
  for (const [day, picos] of spend) if (day.startsWith(month) && day <= today) spent += picos;
  return {
    month,
    spent,
    daily,
    days,
    dailyBefore,
    trendPercent: daily === undefined || !dailyBefore ? undefined : percentAbove(daily, dailyBefore),
    expected: daily === undefined ? undefined : spent + restOfMonth(daily, on(0), now),
  };
}

/** What is left of today, and the whole days after it. */
function restOfMonth(daily: Picos, today: Picos, now: Date): Picos {
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const left = Math.round((end - Date.parse(dayOf(now.getTime()))) / DAY_MS) - 1;
  return (daily > today ? daily - today : 0n) + daily * BigInt(left);
}

function percentAbove(now: Picos, before: Picos): number {
  return Number(((now - before) * 1_000n) / before) / 10;
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const daysSince = (first: string | undefined, today: string) =>
  first === undefined ? 0 : Math.max(0, Math.round((Date.parse(today) - Date.parse(first)) / DAY_MS));
