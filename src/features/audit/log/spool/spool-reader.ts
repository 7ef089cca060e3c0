import { type FileHandle, open } from 'node:fs/promises';
import type { Batch } from '../append/batch';
import { bodyLength, decodeBody, FRAME_HEAD, isIntact, MAGIC } from './spool-frame';

/** `torn`: the last frame was never finished, so nobody was told that it is there. `corrupt`: it was changed since. */
export type Rest = 'none' | 'torn' | 'corrupt';

/** The batches of a spool file in order, one at a time. */
export class SpoolReader {
  private file: FileHandle | undefined;
  private at = 0;
  private found: Rest = 'none';

  constructor(private readonly path: string) {}

  /** Up to where batches were read. */
  get position(): number {
    return this.at;
  }

  /** What follows the last whole frame, once `next` has given undefined. */
  get rest(): Rest {
    return this.found;
  }

  /** undefined at the end of what is whole; a file that grows meanwhile has more later. */
  async next(): Promise<Batch | undefined> {
    this.file ??= await open(this.path, 'r');
    if (this.at === 0) {
      const start = await this.read(0, MAGIC.length);
      if (!start.equals(MAGIC)) return this.end(MAGIC.subarray(0, start.length).equals(start) ? 'torn' : 'corrupt');
      this.at = MAGIC.length;
    }
    const head = await this.read(this.at, FRAME_HEAD);
    if (head.length === 0) return this.end('none');
    if (head.length < FRAME_HEAD) return this.end('torn');
    const length = bodyLength(head);
    if (length === 0) return this.end((await this.isBlankFrom(this.at)) ? 'torn' : 'corrupt');
    const { size } = await this.file.stat();
    const next = this.at + FRAME_HEAD + length;
    if (next > size) return this.end('torn');
    const body = await this.read(this.at + FRAME_HEAD, length);
    // an interrupted write leaves nothing behind it
    if (!isIntact(head, body))
      return this.end(next === size && (await this.isBlankFrom(next - 64)) ? 'torn' : 'corrupt');
    this.at = next;
    this.found = 'none';
    return decodeBody(body);
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }

  private end(rest: Rest): undefined {
    this.found = rest;
  }

  private async read(from: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await (this.file as FileHandle).read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  }

  private async isBlankFrom(from: number): Promise<boolean> {
    for (let at = from; ;) {
      const piece = await this.read(at, 65_536);
      if (piece.length === 0) return true;
      if (piece.some((byte) => byte !== 0)) return false;
      at += piece.length;
    }
  }
}
