import { setImmediate } from 'node:timers/promises';
import { type Bystander, changing, passing } from './passing';
import { NO_USAGE, type Piece } from './reply';

const text: Piece = { events: [{ type: 'text', block: 0, text: 'hi' }] };
const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };

/** A source of pieces, with what was done to it and what its bystander was told, in order. */
function beside(steps: (Piece | Error)[], bystander: Partial<Bystander> = {}) {
  const told: string[] = [];
  const source: AsyncIterator<Piece> = {
    next: async () => {
      await setImmediate();
      const step = steps.shift();
      if (step instanceof Error) throw step;
      return step ? { done: false, value: step } : { done: true, value: undefined };
    },
    return: () => {
      told.push('closed');
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  const pieces = passing(
    { [Symbol.asyncIterator]: () => source },
    {
      asked: () => void told.push('asked'),
      piece: () => void told.push('piece'),
      ended: () => void told.push('ended'),
      failed: (error) => {
        told.push('failed');
        return error;
      },
      left: () => void told.push('left'),
      ...bystander,
    },
  );
  return { pieces: pieces[Symbol.asyncIterator](), told };
}

describe('passing', () => {
  it('tells of every piece before it is handed out, and of the end once', async () => {
    const { pieces, told } = beside([text]);
    expect(await pieces.next()).toEqual({ done: false, value: text });
    expect(told).toEqual(['asked', 'piece']);
    expect((await pieces.next()).done).toBe(true);
    expect((await pieces.next()).done).toBe(true);
    await pieces.return?.();
    expect(told).toEqual(['asked', 'piece', 'asked', 'ended']);
  });

  it('shows the reader what the bystander makes of an error', async () => {
    const { pieces, told } = beside([new Error('cut')], { failed: () => new Error('told otherwise') });
    await expect(pieces.next()).rejects.toThrow('told otherwise');
    expect((await pieces.next()).done).toBe(true);
    expect(told).toEqual(['asked']);
  });

  it('closes the source when the bystander fails, which counts as a break', async () => {
    const { pieces, told } = beside([text, end], {
      piece: () => {
        throw new Error('not durable');
      },
    });
    await expect(pieces.next()).rejects.toThrow('not durable');
    expect(told).toEqual(['asked', 'failed', 'closed']);
  });

  it('waits for the bystander before it hands a piece out', async () => {
    let durable = false;
    const { pieces } = beside([end], { piece: async () => void (await setImmediate(), (durable = true)) });
    await pieces.next();
    expect(durable).toBe(true);
  });

  it('tells that the reader left, and nothing after it, also while a piece is on its way', async () => {
    const { pieces, told } = beside([end]);
    const waiting = pieces.next();
    await pieces.return?.();
    expect((await waiting).done).toBe(true);
    expect(told).toEqual(['asked', 'closed', 'left']);
  });

  it('hides no break that comes after the reader left', async () => {
    const { pieces, told } = beside([new Error('cut')]);
    const [waiting] = await Promise.allSettled([pieces.next(), pieces.return?.()]);
    expect(waiting).toMatchObject({ status: 'rejected', reason: { message: 'cut' } });
    expect(told).toEqual(['asked', 'closed', 'left']);
  });
});

describe('several who stand beside one answer', () => {
  /** The same pieces from an iterator of their own: what stands beside them does not join those before. */
  const apart = (pieces: AsyncIterable<Piece>): AsyncIterable<Piece> => {
    const iterator = pieces[Symbol.asyncIterator]();
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => iterator.next(),
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      }),
    };
  };

  /** What is done to an answer, by numbers that a seed decides. */
  async function story(seed: number, join: (pieces: AsyncIterable<Piece>) => AsyncIterable<Piece>): Promise<string[]> {
    let state = seed;
    const chance = (of: number): boolean => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32 < of;
    };
    const told: string[] = [];
    const act = (name: string, step: string, fails: boolean, slow: boolean): Promise<void> | void => {
      told.push(`${name} ${step}`);
      const fail = (): void => {
        if (fails) throw new Error(`${name} ${step}`);
      };
      return slow ? setImmediate().then(fail) : fail();
    };
    const steps = Array.from({ length: 1 + (seed % 3) }, () => ({ breaks: chance(0.15) }));
    let pieces: AsyncIterable<Piece> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          await setImmediate();
          const step = steps.shift();
          if (step?.breaks) throw new Error('cut');
          return step ? { done: false, value: text } : { done: true, value: undefined };
        },
        return: async () => {
          await act('source', 'closed', false, false);
          return { done: true, value: undefined };
        },
      }),
    };
    for (const name of ['first', 'second', 'third']) {
      const plan = Array.from({ length: 4 }, () => ({ fails: chance(0.15), slow: chance(0.5) }));
      const step = (i: number, what: string) => act(name, what, plan[i]?.fails ?? false, plan[i]?.slow ?? false);
      const by: Bystander = {
        asked: () => void told.push(`${name} asked`),
        piece: () => step(0, 'piece'),
        ended: () => step(1, 'ended'),
        left: () => step(2, 'left'),
        failed: async (error) => {
          await step(3, `failed: ${(error as Error).message}`);
          return chance(0.5) ? error : new Error(`${name} says otherwise`);
        },
      };
      pieces = passing(join(pieces), by);
    }
    const reader = pieces[Symbol.asyncIterator]();
    const leaves = chance(0.5) ? 1 + (seed % 3) : Number.POSITIVE_INFINITY;
    const leave = async (turns: number) => {
      for (let i = 0; i < turns; i++) await setImmediate();
      return (await reader.return?.()) ?? { done: true };
    };
    for (let turn = 1; turn < 6; turn++) {
      const reading = Promise.allSettled([reader.next(), ...(turn === leaves ? [leave(seed % 5)] : [])]);
      for (const result of await reading)
        told.push(result.status === 'fulfilled' ? `reader ${result.value?.done}` : `reader ${result.reason}`);
    }
    return told;
  }

  it('are told what each would be told of the one before', async () => {
    const seeds = Array.from({ length: 400 }, (_, seed) => seed);
    const together = await Promise.all(seeds.map((seed) => story(seed, (pieces) => pieces)));
    expect(together).toEqual(await Promise.all(seeds.map((seed) => story(seed, apart))));
    expect(new Set(together.map((told) => told.join())).size).toBeGreaterThan(100);
  });

  it('are not joined by one who comes when reading has begun', async () => {
    const { pieces, told } = beside([text, end]);
    await pieces.next();
    const late = jest.fn();
    const rest = passing(pieces as AsyncIterableIterator<Piece>, { piece: late })[Symbol.asyncIterator]();
    expect(await rest.next()).toEqual({ done: false, value: end });
    expect(late).toHaveBeenCalledTimes(1);
    expect(told).toEqual(['asked', 'piece', 'asked', 'piece']);
  });
});

describe('changing', () => {
  const source = (closed: () => void) => ({
    async *[Symbol.asyncIterator]() {
      try {
        yield text;
        yield end;
      } finally {
        closed();
      }
    },
  });
  const read = async (pieces: AsyncIterable<Piece>) => {
    const seen: Piece[] = [];
    for await (const piece of pieces) seen.push(piece);
    return seen;
  };

  it('hands out what is made of each piece, and nothing where nothing is left', async () => {
    const closed = jest.fn();
    expect(await read(changing(source(closed), (piece) => (piece === text ? undefined : { events: [] })))).toEqual([
      { events: [] },
    ]);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('closes the source when something is not to be handed out', async () => {
    const closed = jest.fn();
    const pieces = changing(source(closed), () => {
      throw new Error('stopped');
    });
    await expect(read(pieces)).rejects.toThrow('stopped');
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('closes the source when its reader leaves', async () => {
    const closed = jest.fn();
    for await (const _ of changing(source(closed), (piece) => piece)) break;
    expect(closed).toHaveBeenCalledTimes(1);
  });
});
