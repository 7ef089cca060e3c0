import { firstDay, mayGoFrom, monthOf } from './retention-dates';

describe('a month', () => {
  it('goes when its last entry is old enough', () => {
    expect(mayGoFrom('2026-01', 12).toISOString()).toBe('2027-02-01T00:00:00.000Z');
    expect(mayGoFrom('2026-12', 6).toISOString()).toBe('2027-07-01T00:00:00.000Z');
  });

  it('is never kept for less than six months', () => {
    expect(mayGoFrom('2026-01', 1)).toEqual(mayGoFrom('2026-01', 6));
  });

  it('is written the same both ways', () => {
    expect(monthOf(firstDay('2026-11'))).toBe('2026-11');
  });
});
