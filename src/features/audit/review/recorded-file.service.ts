import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { uuidv7 } from '../../../contract/ids';
import type { PlainObject } from '../audit-log';
import { Evidence } from './evidence.service';
import { ExportsStore } from './exports.store';
import { takenInTime } from './taken-in-time';

/** What is written about a file that leaves. */
export interface FileFacts {
  readonly format: string;
  readonly tenant: string | undefined;
  readonly subject?: string | undefined;
  readonly metadata: PlainObject;
  /** What people wrote. */
  readonly words?: object | undefined;
  /** Uses up what lets it leave, once there is a place for it. */
  readonly spend?: (() => Promise<void>) | undefined;
}

/** Whoever makes the file counts entries here. */
export interface Tally {
  entries: number;
}

/** A file on its way out. */
export interface RecordedFile {
  readonly id: string;
  readonly chunks: AsyncIterable<Buffer>;
  /** Nobody took any of it for too long: it has ended, and whoever sends it breaks off. */
  readonly stalled: AbortSignal;
}

const AT_A_TIME = 4;
const OF_A_TENANT = 2;
const STALLED_MS = 30_000;
const NOTHING = Buffer.alloc(0);
const PROGRESS_MS = 2_000;

/**
 * Files that leave. An entry is durable before the first byte, and one with the hash of the whole before the last: a file
 * that is complete is always one that the log knows.
 */
@Injectable()
export class RecordedFiles {
  /** The tenants whose keys are being answered. */
  private readonly places: string[] = [];

  constructor(
    private readonly evidence: Evidence,
    private readonly store: ExportsStore,
  ) {}

  /**
   * @param make the content, made while it is read; the id is the file's watermark
   * @throws GatewayError `overloaded` while there are enough; `audit_unavailable` before anything is made
   */
  async open(
    caller: Caller,
    facts: FileFacts,
    make: (tally: Tally, id: string) => AsyncIterable<Buffer>,
  ): Promise<RecordedFile> {
    this.enter(caller);
    try {
      const { id, entryId } = await this.begin(caller, facts);
      const stalled = new AbortController();
      const chunks = this.chunks(caller, id, entryId, facts, make, stalled.signal);
      // from here on its end is recorded, and its place given back, whatever becomes of it
      await chunks.next();
      return { id, chunks: takenInTime(chunks, STALLED_MS, () => stalled.abort()), stalled: stalled.signal };
    } catch (error) {
      this.leave(caller);
      throw error;
    }
  }

  /** One tenant cannot have all places. */
  private enter({ tenantId }: Caller): void {
    const own = this.places.filter((place) => place === tenantId).length;
    if (own >= OF_A_TENANT || this.places.length >= AT_A_TIME)
      throw new GatewayError(
        'overloaded',
        `${own >= OF_A_TENANT ? `${own} exports of this tenant` : `${AT_A_TIME} exports`} are under way in this process`,
        { retryAfter: 30 },
      );
    this.places.push(tenantId);
  }

  private leave({ tenantId }: Caller): void {
    this.places.splice(this.places.indexOf(tenantId), 1);
  }

  private async begin(caller: Caller, facts: FileFacts): Promise<{ readonly id: string; readonly entryId: string }> {
    await facts.spend?.();
    const id = uuidv7();
    const { entryId } = await this.evidence.record(caller, 'audit.export', {
      tenant: facts.tenant,
      subject: facts.subject,
      metadata: { export: id, format: facts.format, ...facts.metadata },
      ...(facts.words && { payload: facts.words }),
    });
    await this.store.begin(id, facts.tenant, caller.keyId, facts.format);
    return { id, entryId };
  }

  private async *chunks(
    caller: Caller,
    id: string,
    parent: string,
    { tenant, subject, format }: FileFacts,
    make: (tally: Tally, id: string) => AsyncIterable<Buffer>,
    stalled: AbortSignal,
  ): AsyncGenerator<Buffer> {
    const tally: Tally = { entries: 0 };
    const hash = createHash('sha256');
    let [bytes, told, held, settled]: [number, number, Buffer | undefined, boolean] = [0, Date.now(), undefined, false];
    const end = async (result: { sha256: string } | { error: string }) => {
      settled = true;
      const { entries } = tally;
      await this.evidence.record(caller, 'audit.export', {
        tenant,
        subject,
        parent,
        metadata: { export: id, format, entries, bytes, ...result },
      });
      await this.store.end(id, entries, bytes, result);
    };
    try {
      yield NOTHING;
      for await (const chunk of make(tally, id)) {
        hash.update(chunk);
        bytes += chunk.length;
        // the last chunk waits for the entry that knows the whole
        if (held) yield held;
        held = chunk;
        if (Date.now() - told > PROGRESS_MS) {
          told = Date.now();
          await this.store.progress(id, tally.entries, bytes).catch(() => undefined);
        }
      }
      await end({ sha256: hash.digest('hex') });
      if (held) yield held;
    } catch (error) {
      if (!settled) await end({ error: GatewayError.from(error).code }).catch(() => undefined);
      throw error;
    } finally {
      this.leave(caller);
      // whoever read it went away, or stopped reading
      if (!settled) await end({ error: stalled.aborted ? 'reader_stalled' : 'client_closed' }).catch(() => undefined);
    }
  }
}
