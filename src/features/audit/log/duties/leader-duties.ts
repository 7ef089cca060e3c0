import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Draft } from '../../audit-log';
import type { Header } from '../../format/header';
import type { LogReader, StoredBatch } from '../checkpoint/log-reader.store';
import type { StateFile } from '../head/state-file';
import type { OrphanSearch } from './orphan-search.store';
import { nameIn, SilentWriters } from './silent-writers';

const WRITER_EVENTS = ['writer.open', 'writer.close', 'writer.lost'];
/** Older ones were looked at by whoever led before. */
const WRITERS_LOOKED_AT = 2_000;
/** In one statement: appends share the machine with it. */
const PROJECT_BATCHES = 40;
/** Of catching up in one turn: a process that stops waits for no more than that. */
const PROJECT_MS = 1_000;
/** Of entries in one append. */
const TOGETHER = 200;

/** Up to which index every request has an end. */
export const OrphanState = z.object({ log: z.string(), upto: z.int().min(0) });
export type OrphanState = z.infer<typeof OrphanState>;

export interface LeaderDutiesParts {
  readonly log: string;
  readonly reader: LogReader;
  readonly orphans: OrphanSearch;
  readonly state: StateFile<OrphanState>;
  readonly heartbeatMs: number;
  /** No call lasts longer. */
  readonly longestCallMs: () => number;
  readonly ownWriter: () => string;
  readonly write: (drafts: readonly [Draft, ...Draft[]]) => Promise<unknown>;
}

/** What one process does for all: says of others that they are gone, and of their calls that nobody knows how they ended. */
export class LeaderDuties {
  private readonly silent: SilentWriters;
  private upto: number | undefined;
  private begun = false;
  private before: number | undefined;

  constructor(private readonly parts: LeaderDutiesParts) {
    this.silent = new SilentWriters(parts.heartbeatMs, parts.ownWriter);
  }

  heard(batch: StoredBatch): void {
    this.silent.heard(batch);
  }

  /** The database could not be read for a while: silence meant nothing. */
  wasDeaf(): void {
    this.silent.wasDeaf();
  }

  /** A step of each duty; what is left is done the next time. */
  async turn(): Promise<void> {
    const { reader } = this.parts;
    // what was written before this process began to look must be there to be found, whatever comes after it
    this.before ??= await reader.size();
    const projected = await this.project();
    if (!this.begun) {
      if (projected < this.before) return;
      await this.begin();
    }
    for (const writer of this.silent.lost()) await this.tellLost(writer);
    await this.tellOld();
  }

  /** Catches the search index up, in small steps, and leaves the database to others for as long as each took. */
  private async project(): Promise<number> {
    const { reader } = this.parts;
    // what comes meanwhile is for the next turn: chasing it would make a step of every few entries
    const size = await reader.size();
    const until = performance.now() + PROJECT_MS;
    for (;;) {
      const started = performance.now();
      const upto = await reader.project(PROJECT_BATCHES);
      const now = performance.now();
      if (upto >= size || now >= until) return upto;
      await sleep(now - started);
    }
  }

  private async begin(): Promise<void> {
    const ended = new Set<string>();
    const open: string[] = [];
    for (const { header } of await this.parts.reader.newestOf(WRITER_EVENTS, WRITERS_LOOKED_AT)) {
      const { event, writer, metadata } = JSON.parse(header) as Header;
      if (event === 'writer.close') ended.add(writer);
      else if (event === 'writer.lost') ended.add(nameIn(metadata));
      else if (!ended.has(writer)) open.push(writer);
    }
    this.silent.begin(open);
    this.begun = true;
  }

  private async tellLost(writer: string): Promise<void> {
    const metadata = { writer, silent_seconds: Math.ceil((3 * this.parts.heartbeatMs) / 1_000) };
    await this.parts.write([{ facts: { event: 'writer.lost', metadata } }]);
    this.silent.forget(writer);
    await this.tell(await this.parts.orphans.ofWriter(writer, this.low()));
  }

  private async tellOld(): Promise<void> {
    const low = this.low();
    const { drafts, upto } = await this.parts.orphans.old(low, this.parts.longestCallMs());
    await this.tell(drafts);
    if (upto === low) return;
    this.upto = upto;
    await this.parts.state.write({ log: this.parts.log, upto });
  }

  private async tell(drafts: readonly Draft[]): Promise<void> {
    for (let at = 0; at < drafts.length; at += TOGETHER) {
      const [first, ...rest] = drafts.slice(at, at + TOGETHER);
      if (first) await this.parts.write([first, ...rest]);
    }
  }

  private low(): number {
    if (this.upto !== undefined) return this.upto;
    const kept = this.parts.state.read();
    return (this.upto = kept?.log === this.parts.log ? kept.upto : 0);
  }
}
