/** A member of an answer that is text or a number, as text; empty when it is anything else. */
export function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What a service calls a version. It is logged: something that does not look like a version is left out. */
export function versionText(value: unknown): string {
  const text = scalarText(value);
  return /^[\w.:-]{1,128}$/.test(text) ? text : '';
}
