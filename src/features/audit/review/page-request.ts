/** A part of a list whose ids sort by time, newest first. */
export interface ListRequest {
  readonly limit: number;
  /** The id after which it begins. */
  readonly cursor?: string | undefined;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** Where the next part begins; null when this is the last. */
  readonly next: string | null;
}

/** @param found one more than asked for, when there is more */
export function listed<T extends { readonly id: string }>(found: readonly T[], limit: number): Listed<T> {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
