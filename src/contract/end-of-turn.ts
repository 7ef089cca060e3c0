let turn: Promise<void> | undefined;

/**
 * The end of this turn of the event loop: what came with it has been read by then. Whoever waits for it goes on with all others who do, step by step and side by side, so that each
 * finds in the processor's caches what the one before brought there. It waits for no timer: where nothing else came, it is at once.
 */
export function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}
