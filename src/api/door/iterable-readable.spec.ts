import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { IterableReadable } from './iterable-readable';

function source(count: number, size = 1) {
  const log = { made: 0, closed: false };
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for (; log.made < count; log.made++) yield Buffer.alloc(size, String(log.made % 10));
    } finally {
      log.closed = true;
    }
  }
  return { log, stream: new IterableReadable(chunks()) };
}

describe('IterableReadable', () => {
  it('hands out every chunk, in order, and ends', async () => {
    const { stream, log } = source(25);
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text).toBe('0123456789012345678901234');
    expect(log.closed).toBe(true);
  });

  it('makes no more than there is room for', async () => {
    const { stream, log } = source(1_000, 8_192);
    stream.on('readable', () => undefined);
    await sleep(20);
    expect(log.made).toBeLessThan(5);
    stream.destroy();
  });

  it('tells the maker when nobody wants the rest', async () => {
    const { stream, log } = source(1_000, 8_192);
    stream.read();
    await sleep(5);
    stream.destroy();
    await once(stream, 'close');
    expect(log.closed).toBe(true);
  });

  it('passes a failure on', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('x');
      throw new Error('broken');
    }
    const reading = (async () => {
      for await (const chunk of new IterableReadable(broken())) void chunk;
    })();
    await expect(reading).rejects.toThrow('broken');
  });
});
