import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../../contract/errors';
import type { WriterAdmission } from '../format/bundle-layout';
import { type BundleContents, writeBundle } from '../format/bundle-writer';
import { parseCheckpoint } from '../format/checkpoint';
import type { PlainObject } from '../format/header';
import type { EntryFilter } from '../log/search-sql';
import { LogSigner } from '../log/signing/log-signer';
import { admissionsIn } from './admissions';
import { BundleRuns } from './bundle-runs.service';
import { CheckpointsStore } from './checkpoints.store';
import { EntriesStore } from './entries.store';
import { matches } from './matches';
import { OpenedContent } from './opened-content.service';
import type { Tally } from './recorded-file.service';
import type { BatchEntry } from './stored-batch';

export interface BundleOptions {
  readonly payloads: boolean;
  /** Adds the keys of what was recorded before that index; undefined adds none. */
  readonly keysBelow?: number | undefined;
}

/** Keys are written before the entries that they open: so many can wait in memory. */
const KEYS_AT_MOST = 100_000;

/** Without these entries somebody who holds the old key, or a checkpoint of what a restore lost, would find a sound log forged. */
const explainsHeads = ({ event, metadata }: BatchEntry['header']): boolean =>
  event === 'log.discontinuity' || (event === 'key.rotate' && metadata?.['level'] === 'signing');

/** Files that verify without the gateway. */
@Injectable()
export class Bundles {
  constructor(
    private readonly checkpoints: CheckpointsStore,
    private readonly entries: EntriesStore,
    private readonly runs: BundleRuns,
    private readonly opened: OpenedContent,
    private readonly signer: LogSigner,
  ) {}

  /**
   * The whole log when nothing narrows it; otherwise what matches, with a proof for each, and what says that the log has another key
   * or was restored.
   * @param mark whatever is worth knowing about the file
   */
  async *make(filter: EntryFilter, options: BundleOptions, mark: PlainObject, tally: Tally): AsyncGenerator<Buffer> {
    const whole = !Object.keys(filter).length;
    const shows = ({ header }: BatchEntry) => matches(filter, header) || explainsHeads(header);
    yield* this.bundle(whole ? 'all' : 'some', shows, options, mark, tally, filter);
  }

  /** Entries from one index to another, for those who keep them elsewhere. */
  async *ofRange(first: number, last: number, mark: PlainObject): AsyncGenerator<Buffer> {
    const shows = ({ index }: BatchEntry) => index >= first && index <= last;
    yield* this.bundle('some', shows, { payloads: true }, mark, { entries: 0 });
  }

  /** Everything, with many checkpoints: what is verified here rather than elsewhere. */
  async live(): Promise<BundleContents> {
    return this.contents(
      'all',
      () => true,
      { payloads: true },
      {},
      { entries: 0 },
      {},
      await this.checkpoints.spread(),
    );
  }

  private async *bundle(...wanted: Parameters<Bundles['contents']>): AsyncGenerator<Buffer> {
    yield* writeBundle(await this.contents(...wanted), this.signer.current);
  }

  private async contents(
    entries: 'all' | 'some',
    shows: (entry: BatchEntry) => boolean,
    { payloads, keysBelow }: BundleOptions,
    mark: PlainObject,
    tally: Tally,
    filter: EntryFilter = {},
    checkpoints?: readonly string[],
  ): Promise<BundleContents> {
    const notes = checkpoints ?? (await this.checkpoints.ofEpochs());
    const heads = notes.map(parseCheckpoint);
    const head = heads.at(-1);
    if (!head) throw new GatewayError('audit_unavailable', 'The log has no checkpoint yet', { retryAfter: 1 });
    const { origin, size } = head;
    const keys = keysBelow === undefined ? undefined : await this.keysOf(filter, Math.min(keysBelow, size));
    return {
      about: {
        log: origin,
        size,
        entries,
        payloads: payloads ? 'all' : 'none',
        made_at: new Date().toISOString(),
        about: mark,
      },
      checkpoints: notes,
      writers: await this.writers(size),
      ...(keys && { keys }),
      runs: this.runs.runs({
        size,
        splits: heads.map((one) => one.size),
        payloads,
        shows,
        onShown: () => void tally.entries++,
      }),
    };
  }

  /** Of everybody who ever wrote, as far as the log still tells: the entries themselves may not be shown. */
  private async writers(size: number): Promise<WriterAdmission[]> {
    const found = new Map<string, WriterAdmission>();
    for (const event of ['segment.seal', 'writer.open'])
      for await (const { header } of this.entries.few({ event }, size - 1))
        for (const admission of admissionsIn(header)) found.set(admission.key.toString('hex'), admission);
    return [...found.values()];
  }

  private async keysOf(filter: EntryFilter, size: number): Promise<Map<string, Buffer>> {
    const keys = new Map<string, Buffer>();
    for await (const { header } of this.entries.between(filter, 0, size - 1)) {
      const key = header.ct_len === undefined ? undefined : await this.opened.entryKey(header);
      if (key) keys.set(header.entry_id, key);
      if (keys.size > KEYS_AT_MOST)
        throw new GatewayError(
          'invalid_request',
          `More than ${KEYS_AT_MOST} keys would be disclosed: narrow the export`,
        );
    }
    return keys;
  }
}
