import { setImmediate } from 'node:timers/promises';
import type { Header } from '../../format/header';
import { parseRotation } from '../../format/key-rotation';
import type { Tile } from '../../format/tiles';
import type { Head } from '../head/high-water';
import type { KeptHead } from '../head/kept-head';
import type { StateFile } from '../head/state-file';
import type { LogSigner } from '../signing/log-signer';
import { ForkError } from './fork-error';
import { type IsOwn, KnownWriters } from './known-writers';
import { LogHashes } from './log-hashes';
import type { LogReader, StoredBatch } from './log-reader.store';
import { LogTree } from './log-tree';
import type { Publisher } from './publisher.store';
import { signCheckpoint, verifyStored } from './signed-checkpoint';

export interface CheckpointerParts {
  readonly signer: LogSigner;
  readonly epoch: number;
  readonly reader: LogReader;
  readonly publisher: Publisher;
  /** What this folder has signed last; the signature itself is made only afterwards. */
  readonly signed: StateFile<KeptHead>;
  readonly isOwn?: IsOwn;
  /** Told of every batch that was checked. */
  readonly onBatch?: (batch: StoredBatch) => void;
}

/** Signs the tree, after it has looked at every entry of it. One process at a time does; two by accident do no harm. */
export class Checkpointer {
  private readonly writers: KnownWriters;
  private unpublished: Tile[] = [];

  private constructor(
    private readonly parts: CheckpointerParts,
    private readonly tree: LogTree,
    private published: number,
  ) {
    this.writers = new KnownWriters(parts.signer, parts.reader, parts.isOwn);
  }

  /**
   * Takes up where the log was signed last.
   * @throws ForkError when the log is not what was signed
   */
  static async takeUp(parts: CheckpointerParts): Promise<Checkpointer> {
    const { signer, reader, epoch } = parts;
    await signer.refresh();
    const last = await reader.newestCheckpoint(epoch);
    if (!last && epoch > 1) throw new ForkError(`epoch ${epoch} was not opened properly: it has no checkpoint`);
    const head = last && verifyStored(last, signer.origin, signer.vkeys);
    const tree = head ? await LogTree.restore(head.size, reader) : LogTree.empty();
    if (head && !tree.root().equals(head.root))
      throw new ForkError(`the tree of ${head.size} entries is not the one that was signed`);
    const checkpointer = new Checkpointer(parts, tree, tree.size);
    await checkpointer.recall(head);
    return checkpointer;
  }

  get size(): number {
    return this.tree.size;
  }

  /**
   * Looks at what is new and signs it.
   * @param budgetMs after so long it signs what it has looked at, and comes back for the rest
   * @returns what was published, and whether more waits
   * @throws ForkError when the log is not what its writers wrote
   */
  async round(budgetMs: number): Promise<{ readonly head?: Head & { readonly note: string }; readonly more: boolean }> {
    const until = performance.now() + budgetMs;
    let more = true;
    while (more && performance.now() < until) {
      more = await this.extend();
      await setImmediate();
    }
    if (this.tree.size === this.published) return { more };
    return { head: await this.publish(), more };
  }

  private async publish(): Promise<Head & { readonly note: string }> {
    const { signer, signed, publisher } = this.parts;
    const head = { origin: signer.origin, size: this.tree.size, root: this.tree.root() };
    await signed.write({ ...head, root: head.root.toString('base64') });
    const note = signCheckpoint(head, signer);
    await publisher.publish(head.size, head.root, note, this.unpublished);
    this.unpublished = [];
    this.published = head.size;
    return { ...head, note };
  }

  private async extend(onBatch: (batch: StoredBatch) => void = () => undefined): Promise<boolean> {
    const { signer, reader } = this.parts;
    const rotations: { vkey: string; index: number }[] = [];
    const more = await this.tree.extend(reader, this.writers, (batch) => {
      rotations.push(...rotationsIn(batch, signer.origin));
      this.parts.onBatch?.(batch);
      onBatch(batch);
    });
    for (const { vkey, index } of rotations) await signer.announced(vkey, index);
    this.unpublished.push(...this.tree.takeTiles());
    return more;
  }

  /** What was signed here before must be the beginning of what is there now, published or not. */
  private async recall(head: Head | undefined): Promise<void> {
    const { signed, signer, reader } = this.parts;
    const last = signed.read();
    if (!last || last.origin !== signer.origin || last.size === 0) return;
    const root = Buffer.from(last.root, 'base64');
    if (head && last.size <= head.size) {
      await new LogHashes(reader).consistency({ size: last.size, root }, head);
      return;
    }
    let found = false;
    const look = (): void => {
      if (this.tree.size !== last.size) return;
      if (!this.tree.root().equals(root))
        throw new ForkError(`the tree of ${last.size} entries is not the one that was signed here`);
      found = true;
    };
    while (this.tree.size < last.size && (await this.extend(look)));
    if (!found)
      throw new ForkError(
        `the log has no tree of ${last.size} entries any more, which was signed here: it has ${this.tree.size}`,
      );
  }
}

/** New keys of the log that are announced in a batch. */
function rotationsIn({ headers = '', firstIndex }: StoredBatch, origin: string): { vkey: string; index: number }[] {
  if (!headers.includes('"event":"key.rotate"')) return [];
  return headers.split('\n').flatMap((line, i) => {
    const { event, metadata = {} } = JSON.parse(line) as Header;
    if (event !== 'key.rotate' || metadata['level'] !== 'signing') return [];
    const rotation = parseRotation(origin, metadata);
    return rotation ? [{ vkey: metadata['new_vkey'] as string, index: firstIndex + i }] : [];
  });
}
