import { forecast as forecastOf, forecastFrom } from './forecast';

const NOW = new Date('2026-11-20T18:00:00Z');
/** That much on each of the days of November from one to another. */
const days = (from: number, to: number, picos: bigint) =>
  Array.from({ length: to - from + 1 }, (_, i) => [`2026-11-${String(from + i).padStart(2, '0')}`, picos] as const);

const forecast = (spend: ReadonlyMap<string, bigint>, now: Date, began = [...spend.keys()][0]) =>
  forecastOf(spend, now, began);

describe('a forecast', () => {
  it('goes on as the last week went', () => {
    expect(forecast(new Map([...days(1, 12, 50n), ...days(13, 19, 100n), ['2026-11-20', 30n]]), NOW)).toEqual({
      month: '2026-11',
      spent: 12n * 50n + 700n + 30n,
      daily: 100n,
      days: 7,
      dailyBefore: 50n,
      trendPercent: 100,
      // the rest of today, and ten days
      expected: 1_330n + 70n + 1_000n,
    });
  });

  it('counts days without spend', () => {
    expect(
      forecast(
        new Map([
          ['2026-11-01', 70n],
          ['2026-11-15', 70n],
        ]),
        NOW,
      ),
    ).toMatchObject({ daily: 10n, dailyBefore: 0n, trendPercent: undefined });
  });

  it('is of the days there are, where spending began within the week', () => {
    const found = forecast(
      new Map([
        ['2026-11-18', 60n],
        ['2026-11-20', 5n],
      ]),
      NOW,
    );
    expect(found).toMatchObject({ daily: 30n, days: 2, dailyBefore: undefined, expected: 65n + 25n + 300n });
  });

  it('counts the days without spend after some before the month, too', () => {
    const spend = new Map([
      ['2026-11-18', 70n],
      ['2026-11-19', 70n],
    ]);
    expect(forecast(spend, NOW, '2026-09-03')).toMatchObject({
      daily: 20n,
      days: 7,
      dailyBefore: 0n,
      expected: 140n + 20n * 11n,
    });
    expect(forecast(new Map(), NOW, '2026-09-03')).toMatchObject({ daily: 0n, days: 7, expected: 0n });
  });

  it('does not expect less of a day that was dearer than others', () => {
    expect(forecast(new Map([...days(13, 19, 1n), ['2026-11-20', 9n]]), NOW).expected).toBe(16n + 10n);
  });

  it('is none on the first day', () => {
    expect(forecast(new Map([['2026-11-20', 5n]]), NOW)).toMatchObject({ spent: 5n, expected: undefined, days: 0 });
    expect(forecast(new Map(), NOW)).toMatchObject({ spent: 0n, expected: undefined });
  });

  it('sees the week before the month, and spends nothing of it', () => {
    const early = new Date('2026-11-02T01:00:00Z');
    expect(forecastFrom(early)).toBe('2026-10-19');
    const found = forecast(
      new Map([
        ['2026-10-25', 700n],
        ['2026-10-31', 700n],
        ['2026-11-01', 700n],
      ]),
      early,
    );
    expect(found).toMatchObject({ spent: 700n, daily: 200n + 0n, expected: 700n + 200n * 29n });
  });

  it('ends with the month', () => {
    const last = new Date('2026-12-31T23:59:59Z');
    expect(forecastFrom(last)).toBe('2026-12-01');
    expect(
      forecast(
        new Map([
          ['2026-12-01', 60n],
          ['2026-12-30', 70n],
          ['2026-12-31', 10n],
        ]),
        last,
      ).expected,
    ).toBe(140n);
  });
});
