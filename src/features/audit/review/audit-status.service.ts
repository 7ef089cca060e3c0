import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { EventBus } from '../../../platform/events/event-bus';
import { AuditLog } from '../audit-log';
import { parseCheckpoint } from '../format/checkpoint';
import { EntryReader } from '../log/entry-reader.store';
import { AuditSchema } from '../log/audit-schema.service';
import type { SecurityReport } from '../log/start-checks';
import { CheckpointsStore } from './checkpoints.store';

export interface AuditStatusReport {
  readonly mode: string;
  /** Why calls are refused; undefined when they are not. */
  readonly trouble: string | undefined;
  readonly size: number;
  readonly checkpoint:
    { readonly origin: string; readonly size: number; readonly root: Buffer; readonly madeAt: Date } | undefined;
  /** How long entries wait for a checkpoint: 0 when none does. */
  readonly ageSeconds: number;
  readonly witnesses: { readonly configured: number; readonly required: boolean; readonly signed: readonly string[] };
  readonly spool: { readonly enabled: boolean; readonly batches: number };
  /** What works beside the log: witnesses, anchors, Redis. */
  readonly watched: readonly { readonly what: string; readonly ok: boolean }[];
  readonly security: SecurityReport;
}

/** How well the log is kept at this moment, as this process sees it. */
@Injectable()
export class AuditStatus {
  private readonly watched = new Map<string, boolean>();
  private spooled = 0;

  constructor(
    private readonly config: Config,
    private readonly log: AuditLog,
    private readonly reader: EntryReader,
    private readonly checkpoints: CheckpointsStore,
    private readonly schema: AuditSchema,
    events: EventBus,
  ) {
    events.on('audit.watch', ({ what, ok }) => void this.watched.set(what, ok));
    events.on('audit.spooled', ({ batches }) => (this.spooled = batches));
  }

  /** Not on record: it tells of no entry, and is asked for when nothing can be recorded. */
  async show(): Promise<AuditStatusReport> {
    const { audit } = this.config;
    const [size, latest, security] = await Promise.all([
      this.reader.size(),
      this.checkpoints.latest(),
      this.schema.check(),
    ]);
    const parsed = latest && parseCheckpoint(latest.note);
    const waits = size > (latest?.size ?? 0);
    return {
      mode: audit.mode,
      trouble: this.log.trouble(),
      size,
      checkpoint: latest &&
        parsed && { origin: parsed.origin, size: latest.size, root: latest.root, madeAt: latest.madeAt },
      ageSeconds: waits && latest ? Math.max(0, (Date.now() - latest.madeAt.getTime()) / 1_000) : 0,
      witnesses: {
        configured: audit.witnesses.length,
        required: audit.requireWitness,
        signed: parsed?.note.signatures.map(({ name }) => name).filter((name) => name !== parsed.origin) ?? [],
      },
      spool: { enabled: audit.spool, batches: this.spooled },
      watched: [...this.watched].map(([what, ok]) => ({ what, ok })),
      security,
    };
  }
}
