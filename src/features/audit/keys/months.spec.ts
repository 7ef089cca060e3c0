import { Months } from './months';

it('the month of a moment is that of UTC, whatever was asked before', () => {
  const months = new Months();
  const of = (text: string) => months.of(Date.parse(text));
  expect(of('2026-11-30T23:59:59.999Z')).toBe('2026-11');
  expect(of('2026-12-01T00:00:00.000Z')).toBe('2026-12');
  expect(of('2026-11-01T00:00:00.000Z')).toBe('2026-11');
  expect(of('2026-10-31T23:59:59.999Z')).toBe('2026-10');
  expect(of('2027-01-01T00:00:00.000Z')).toBe('2027-01');
  expect(() => months.of(Number.NaN)).toThrow('no month');
});
