/** UTC, like `2026-11`. */
export type Month = string;

/** Of keys that belong to no month. */
export const ALWAYS: Month = 'always';

/** The month of a moment. Remembers the last one: nearly every question is about the same. */
export class Months {
  private name = '';
  private from = Infinity;
  private to = -Infinity;

  of(at: number): Month {
    if (at >= this.from && at < this.to) return this.name;
    const date = new Date(at);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    if (!(year >= 1970 && year <= 9999)) throw new RangeError('a moment that has no month');
    this.from = Date.UTC(year, month);
    this.to = Date.UTC(year, month + 1);
    return (this.name = date.toISOString().slice(0, 7));
  }
}
