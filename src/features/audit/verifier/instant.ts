const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Milliseconds since 1970. NaN unless it is a time that there is, in the one spelling that it has: dates like 30 February are read by the engine as well. */
export function instant(text: string): number {
  const at = FORM.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) || new Date(at).toISOString() === text ? at : Number.NaN;
}
