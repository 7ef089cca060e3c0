import type { InputIssue } from './refused-input';

const NAME = '__proto__';

/**
 * The first field called `__proto__` in what a caller sent, as an unknown field. Where names are free, schemas leave it out and say nothing.
 * What came out of the schema as it went in, and is read by others, is not looked at.
 */
export function unkeptField(input: unknown, output: unknown): InputIssue | undefined {
  const open: { readonly from: unknown; readonly to: unknown; readonly path: readonly PropertyKey[] }[] = [
    { from: input, to: output, path: [] },
  ];
  for (const { from, to, path } of open) {
    if (!isObject(from) || from === to) continue;
    if (Object.hasOwn(from, NAME)) return { message: 'Unrecognized key', path, keys: [NAME] };
    const kept = isObject(to) ? to : {};
    for (const [key, value] of Object.entries(from)) {
      const name = Array.isArray(from) ? Number(key) : key;
      if (isObject(value)) open.push({ from: value, to: kept[key], path: [...path, name] });
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
