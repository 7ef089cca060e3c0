import type { Header } from '../../format/header';
import type { StoredBatch } from '../checkpoint/log-reader.store';

const BEATS = 3;

interface Live {
  heardAt: number;
}

/**
 * Notices writers that neither closed nor wrote for three heartbeats. Time is that of this process, and only while it can
 * read the log: nobody is lost because the database was away.
 */
export class SilentWriters {
  private readonly live = new Map<string, Live>();

  /** @param own writer of this process, which is not silent while it asks */
  constructor(
    private readonly heartbeatMs: number,
    private readonly own: () => string | undefined,
  ) {}

  /** Writers that had not closed when this process began to look. */
  begin(writers: readonly string[], now = performance.now()): void {
    for (const writer of writers) if (!this.live.has(writer)) this.live.set(writer, { heardAt: now });
  }

  heard({ writer, headers = '' }: StoredBatch, now = performance.now()): void {
    const known = this.live.get(writer);
    if (known) known.heardAt = now;
    else this.live.set(writer, { heardAt: now });
    if (!headers.includes('"event":"writer.')) return;
    for (const line of headers.split('\n')) {
      const { event, metadata } = JSON.parse(line) as Header;
      if (event === 'writer.close') this.live.delete(writer);
      if (event === 'writer.lost') this.live.delete(nameIn(metadata));
    }
  }

  /** Its end is in the log. */
  forget(writer: string): void {
    this.live.delete(writer);
  }

  /** Nobody could be heard for a while. */
  wasDeaf(now = performance.now()): void {
    for (const live of this.live.values()) live.heardAt = now;
  }

  /** Who fell silent. */
  lost(now = performance.now()): string[] {
    return [...this.live].flatMap(([writer, { heardAt }]) =>
      now - heardAt > BEATS * this.heartbeatMs && writer !== this.own() ? [writer] : [],
    );
  }
}

/** Whom a `writer.lost` entry is about. */
export function nameIn(metadata: Header['metadata']): string {
  const name = metadata?.['writer'];
  return typeof name === 'string' ? name : '';
}
