import { parseOrigin } from '../format/epoch';
import { decodeBase64, encodeBase64 } from '../format/base64';
import { HASH_BYTES } from '../format/hashes';
import type { ShownEntry } from './entry-check';
import type { Findings } from './findings';
import type { Lost } from './heads';
import type { BatchLine } from './writer-check';

/** After a restore the log goes on under another name, and its first words say what was lost. */
export class EpochCheck {
  private origin: string | undefined;
  /** Where the last batch ended. */
  private end = 0;

  constructor(
    private readonly findings: Findings,
    private readonly admitLoss: (lost: Lost) => void,
  ) {}

  /** @param root of the tree before this batch */
  check(batch: BatchLine, entries: readonly ShownEntry[], root: () => Buffer): void {
    const before = this.origin;
    const follows = this.end === batch.first;
    // what is not shown may have said it
    const mayBeHidden =
      !follows || entries.filter(({ index }) => index < batch.first + 2).length < Math.min(batch.n, 2);
    this.origin = batch.origin;
    this.end = batch.first + batch.n;
    if (before === batch.origin) return;
    const to = parseOrigin(batch.origin);
    const from = before === undefined ? { name: to.name, epoch: 0 } : parseOrigin(before);
    if (before === undefined && to.epoch === 1) return;
    if (from.name !== to.name || to.epoch <= from.epoch)
      return this.findings.failure('epoch', `${batch.origin} follows ${before}`, batch.first);
    const told = entries.slice(0, 2).find(({ header }) => header.event === 'log.discontinuity');
    if (told) this.checkDiscontinuity(told, batch.first, follows ? before : undefined, from.epoch, root());
    else if (!mayBeHidden)
      this.findings.failure('epoch', `the epoch ${to.epoch} begins without saying why`, batch.first);
  }

  /**
   * @param before the origin of the batch right before, when it is shown
   * @param shown the last epoch that was shown before: a later one may lie between
   */
  private checkDiscontinuity(
    { header, index }: ShownEntry,
    first: number,
    before: string | undefined,
    shown: number,
    root: Buffer,
  ): void {
    const { old_origin, old_size, old_root, found_size, found_root } = header.metadata ?? {};
    if (
      typeof old_origin !== 'string' ||
      (before === undefined ? !isBetween(old_origin, shown, header.log) : old_origin !== before) ||
      typeof old_size !== 'number' ||
      typeof old_root !== 'string' ||
      decodeBase64(old_root)?.length !== HASH_BYTES
    )
      return this.findings.failure('epoch', 'does not name the head that was lost', index);
    if (found_size !== first || found_root !== encodeBase64(root))
      return this.findings.failure('epoch', 'does not name the head that was found', index);
    this.admitLoss({ origin: old_origin, had: old_size, found: first, root: old_root });
    const lost = Math.max(0, old_size - first);
    this.findings.warning('restored', `the database was restored, and lost ${lost} entries`, index);
  }
}

/** Whether it is an earlier epoch of the same log, but none before that one: an epoch that lost itself would excuse anything. */
function isBetween(origin: string, first: number, next: string): boolean {
  const [old, to] = [parseOrigin(origin), parseOrigin(next)];
  return old.name === to.name && old.epoch >= first && old.epoch < to.epoch;
}
