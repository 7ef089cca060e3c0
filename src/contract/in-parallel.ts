/**
 * Does the same to each item, so many at a time, and resolves with what came of them in the order of the items. Items are taken as there is
 * room, so they may still be in the making. After a failure nothing more is begun, and what is under way is waited for.
 * @throws what `work` threw first, or the source of the items
 */
export async function inParallel<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const source = asyncIterator(items);
  const results: R[] = [];
  let failure: { readonly error: unknown } | undefined;
  let taken = 0;
  let taking: Promise<unknown> = Promise.resolve();
  /** One at a time: a generator has one reader. */
  const take = (): Promise<IteratorResult<T>> => {
    const next = taking.then(() => source.next());
    taking = next.catch(() => undefined);
    return next;
  };
  const lane = async (): Promise<void> => {
    while (!failure) {
      const { done, value } = await take();
      if (done || failure) return;
      const index = taken++;
      results[index] = await work(value, index);
    }
  };
  const lanes = Array.from({ length: Math.max(1, atOnce) }, () =>
    lane().catch((error: unknown) => void (failure ??= { error })),
  );
  await Promise.all(lanes);
  if (!failure) return results;
  await source.return?.();
  throw failure.error;
}

function asyncIterator<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> {
  if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
  const source = items[Symbol.iterator]();
  return { next: async () => source.next() };
}
