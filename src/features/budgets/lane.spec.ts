import { Lane } from './lane';

describe('Lane', () => {
  it('makes the next batch of what arrives while one is under way, in order and never too large', async () => {
    const batches: string[] = [];
    const release: (() => void)[] = [];
    const lane = new Lane<string>(async (batch) => {
      batches.push(batch.join(''));
      await new Promise<void>((resolve) => release.push(resolve));
    }, 3);
    lane.add('a');
    lane.add('b');
    await new Promise(setImmediate);
    for (const item of 'cdef') lane.add(item);
    expect(batches).toEqual(['ab']);
    for (let i = 0; i < 3; i++) {
      release[i]?.();
      await new Promise(setImmediate);
    }
    await lane.idle();
    expect(batches).toEqual(['ab', 'cde', 'f']);
  });
});
