/**
 * Chunks that end when nobody asks for the next one for so long. The clock stands still while one is made.
 * @param late is told before they end
 */
export function takenInTime(chunks: AsyncGenerator<Buffer>, ms: number, late: () => void): AsyncIterable<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = setTimeout(() => {
      late();
      void chunks.return(undefined).catch(() => undefined);
    }, ms).unref();
  };
  wait();
  const iterator: AsyncIterator<Buffer> = {
    async next() {
      clearTimeout(timer);
      const step = await chunks.next();
      if (!step.done) wait();
      return step;
    },
    return() {
      clearTimeout(timer);
      return chunks.return(undefined);
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
