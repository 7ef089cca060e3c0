/** A page of names in order, those after `cursor`. */
export function pageOf(
  names: readonly string[],
  cursor: string | undefined,
  limit: number,
): { readonly items: readonly string[]; readonly next: string | null } {
  const left = names.filter((name) => cursor === undefined || name > cursor).sort();
  const items = left.slice(0, limit);
  return { items, next: left.length > limit ? (items.at(-1) ?? null) : null };
}
