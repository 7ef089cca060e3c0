/**
 * Whether one of a model's names (alias, vendor's name, provider/name) is among the patterns; a pattern that ends with `*`
 * matches what begins like it. No patterns allow every model.
 */
export function isModelAllowed(patterns: readonly string[], ...names: string[]): boolean {
  if (!patterns.length) return true;
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? names.some((name) => name.startsWith(pattern.slice(0, -1))) : names.includes(pattern),
  );
}
