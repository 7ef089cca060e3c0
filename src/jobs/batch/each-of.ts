/**
 * Works on what comes, so many at a time, and waits for all of them.
 * @throws what the work or the source throws first; nothing new is begun then
 */
export async function eachOf<T>(
  source: AsyncGenerator<T, void>,
  parallel: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    try {
      while (!failures.length) {
        const next = await source.next();
        if (next.done) return;
        await work(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (!failures.length) return;
  await source.return();
  throw failures[0];
}
