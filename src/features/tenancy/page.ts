/** A part of a list, newest first. */
export interface PageRequest {
  readonly limit: number;
  /** The id after which the page begins. */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null when this is the last. */
  readonly next: string | null;
}

/** @param found one more than asked for, when there is more. */
export function pageOf<T extends { readonly id: string }>(found: readonly T[], limit: number): Page<T> {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
