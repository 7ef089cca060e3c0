const BLOCK = 512;
/** No member of a bundle is larger. */
const MAX_BYTES = 134_217_728;

/** The file is not a tar as bundles are. */
export class TarError extends Error {}

export interface TarMember {
  readonly name: string;
  readonly content: Buffer;
}

/** ustar, and everything but name and size is fixed: the same members are the same bytes. */
export function tarHeader(name: string, size: number): Buffer {
  if (!/^[\w./-]{1,100}$/.test(name)) throw new TarError(`${name} cannot be the name of a member`);
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_BYTES) throw new TarError(`${name} is too large`);
  const block = Buffer.alloc(BLOCK);
  const put = (offset: number, text: string) => block.write(text, offset, 'latin1');
  put(0, name);
  put(100, '0000644\0' + '0000000\0' + '0000000\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0` + '00000000000\0' + '        ' + '0');
  put(257, 'ustar\x0000');
  put(329, '0000000\0' + '0000000\0');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export const TAR_END = Buffer.alloc(2 * BLOCK);

/**
 * The members, one at a time.
 * @param recycle whether the content of a member may be overwritten when the member after the next is asked for
 * @throws TarError when a byte is not what `tarHeader` would have written, or when the end is missing
 */
export async function* readTar(source: AsyncIterable<Buffer>, recycle = false): AsyncGenerator<TarMember, void> {
  const bytes = new Bytes(source);
  let [current, other]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (;;) {
    const block = await bytes.take(BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const name = block.toString('latin1', 0, 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(block.toString('latin1', 124, 135), 8);
    if (!tarHeader(name, size).equals(block)) throw new TarError('the header of a member is damaged');
    [current, other] = [other, current];
    if (!recycle || current.length < size) current = Buffer.allocUnsafeSlow(Math.max(size, 2 * current.length));
    const content = await bytes.take(size, current);
    const padding = tarPadding(size).length;
    if (!(await bytes.take(padding)).equals(Buffer.alloc(padding))) throw new TarError('the padding is not empty');
    yield { name, content };
  }
  if ((await bytes.take(BLOCK)).some((byte) => byte !== 0)) throw new TarError('the end is damaged');
  if (await bytes.more()) throw new TarError('something follows the end');
}

class Bytes {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** @param into where there is room for them */
  async take(count: number, into: Buffer = Buffer.allocUnsafe(count)): Promise<Buffer> {
    const taken = into.subarray(0, count);
    for (let at = 0; at < count; at += await this.copy(taken, at));
    return taken;
  }

  async more(): Promise<boolean> {
    while (!this.rest.length) {
      const next = await this.source.next();
      if (next.done) return false;
      this.rest = next.value;
    }
    return true;
  }

  private async copy(to: Buffer, at: number): Promise<number> {
    if (!(await this.more())) throw new TarError('the file ends too early');
    const copied = this.rest.copy(to, at);
    this.rest = this.rest.subarray(copied);
    return copied;
  }
}
