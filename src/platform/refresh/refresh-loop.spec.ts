import { RefreshLoop } from './refresh-loop';

/** What is stored, and each look at it, answered when the test says so. */
class Shelf extends RefreshLoop {
  readonly lines: string[] = [];
  readonly learnt: number[] = [];
  readonly looks: { readonly answer: (revision: number) => void; readonly fail: () => void }[] = [];
  turns = 0;

  constructor() {
    let read = 0;
    super({
      what: 'books',
      log: {
        log: (line: string) => void this.lines.push(line),
        warn: (_: object, line?: string) => void this.lines.push(line ?? ''),
      },
      everyMs: 1_000,
      revision: () =>
        new Promise<number>((resolve, reject) => {
          const answer = (revision: number) => resolve((read = revision));
          this.looks.push({ answer, fail: () => reject(new Error('away')) });
        }),
      learn: async () => void this.learnt.push(read),
      after: () => void this.turns++,
    });
  }

  /** The look of that number, once it has begun. */
  async begun(n: number) {
    for (let turn = 0; !this.looks[n] && turn < 20; turn++) await Promise.resolve();
    return this.looks[n]!;
  }
}

describe('RefreshLoop', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  async function started(): Promise<Shelf> {
    const shelf = new Shelf();
    const init = shelf.onModuleInit();
    (await shelf.begun(0)).answer(1);
    await init;
    return shelf;
  }

  it('does not start without having looked, and learns only what changed', async () => {
    const shelf = await started();
    expect([shelf.learnt, shelf.turns]).toEqual([[1], 0]);
    await jest.advanceTimersByTimeAsync(1_000);
    shelf.looks[1]!.answer(1);
    await jest.advanceTimersByTimeAsync(1_000);
    shelf.looks[2]!.answer(2);
    await jest.advanceTimersByTimeAsync(0);
    expect([shelf.learnt, shelf.turns]).toEqual([[1, 2], 2]);
    shelf.onModuleDestroy();
  });

  it('fails at its start where nothing can be read', async () => {
    const shelf = new Shelf();
    const init = shelf.onModuleInit();
    (await shelf.begun(0)).fail();
    await expect(init).rejects.toThrow('away');
  });

  it('looks once at a time; who asks during a look gets one that began later, and shares it', async () => {
    const shelf = await started();
    const first = shelf.look();
    await shelf.begun(1);
    const later = [shelf.look(), shelf.look()];
    await jest.advanceTimersByTimeAsync(0);
    expect(shelf.looks).toHaveLength(2);
    shelf.looks[1]!.answer(2);
    await first;
    (await shelf.begun(2)).answer(3);
    await Promise.all(later);
    expect([shelf.looks.length, shelf.learnt]).toEqual([3, [1, 2, 3]]);
    shelf.onModuleDestroy();
  });

  it('tells once that it cannot read, once that it can again, and goes on', async () => {
    const shelf = await started();
    for (const n of [1, 2]) {
      await jest.advanceTimersByTimeAsync(1_000);
      shelf.looks[n]!.fail();
    }
    await jest.advanceTimersByTimeAsync(1_000);
    shelf.looks[3]!.answer(5);
    await jest.advanceTimersByTimeAsync(0);
    expect(shelf.lines).toEqual(['books cannot be read; those that are known hold', 'books can be read again']);
    expect(shelf.learnt).toEqual([1, 5]);
    shelf.onModuleDestroy();
  });

  it('ends with its module', async () => {
    const shelf = await started();
    shelf.onModuleDestroy();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(shelf.looks).toHaveLength(1);
  });
});
