import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DatabaseDevice } from '../../src/features/audit/log/append/database-device.store';
import { LogWriter, type LogWriterParts } from '../../src/features/audit/log/append/log-writer';
import {
  assembleCheckpoints,
  type Checkpointing,
  type CheckpointOptions,
} from '../../src/features/audit/log/checkpoint/assemble';
import { LogProofs } from '../../src/features/audit/log/checkpoint/log-proofs';
import { HighWater } from '../../src/features/audit/log/head/high-water';
import { openLog } from '../../src/features/audit/log/head/log-name.store';
import { StoredLogSigner } from '../../src/features/audit/log/signing/stored-log-signer';
import { SigningKeyRows } from '../../src/features/audit/log/signing/signing-key-rows.store';
import { Troubles } from '../../src/features/audit/log/troubles';
import { AuditKeys } from '../../src/features/audit/keys/audit-keys';
import { splitBatch } from '../../src/features/audit/format/batch-columns';
import type { BatchRun } from '../../src/features/audit/format/bundle-layout';
import { writeBundle } from '../../src/features/audit/format/bundle-writer';
import { parseVkey } from '../../src/features/audit/format/vkey';
import type { Report } from '../../src/features/audit/verifier/report';
import { verifyBundle } from '../../src/features/audit/verifier/verify-bundle';
import type { Header } from '../../src/features/audit/format/header';
import { AuditSettings } from '../../src/platform/config/audit-settings';
import { EventBus } from '../../src/platform/events/event-bus';
import { auditConnection } from '../../src/platform/database/audit-connection';
import { LocalKeyWrapper } from '../../src/platform/secrets/local-key-wrapper';
import { testDatabase, type TestDatabase } from './database';

export interface TestProcess extends TestWriter {
  readonly dataDir: string;
  readonly checkpoints: Checkpointing;
  readonly proofs: LogProofs;
  readonly highWater: HighWater;
  /** What it said. */
  readonly told: { readonly what: string; readonly ok: boolean; readonly reason?: string }[];
  /** As when it is shut down. */
  close(): Promise<void>;
  /** As when it is killed: connections end, nothing more is written. */
  die(): Promise<void>;
}

export interface TestWriter {
  readonly writer: LogWriter;
  readonly device: DatabaseDevice;
  readonly troubles: Troubles;
  /** What the appender said of the database. */
  readonly changes: boolean[];
}

export interface ProcessOptions {
  readonly audit: object;
  readonly dataDir: string;
  readonly url: string;
  readonly shared: CheckpointOptions['shared'];
  readonly longestCallMs: number;
}

/** A provisioned database with a log that has keys; processes can be opened on it. */
export class LogSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-log-'));
  private readonly open: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly database: TestDatabase,
    /** A superuser. */
    readonly admin: Client,
    readonly keys: AuditKeys,
    readonly signer: StoredLogSigner,
  ) {}

  static async build(): Promise<LogSite> {
    const database = await testDatabase();
    const admin = new Client(asSuperuser(database.url));
    admin.on('error', () => undefined);
    await admin.connect();
    const keys = new AuditKeys({
      url: database.url,
      masterKey: randomBytes(32),
      kek: { use: new LocalKeyWrapper(randomBytes(32)) },
      backupDays: 30,
    });
    await keys.open();
    const name = await openLog(database.url, 'log.test/audit');
    const signer = new StoredLogSigner(new SigningKeyRows(keys.database, name.origin), keys.keks, name);
    await signer.open();
    return new LogSite(database, admin, keys, signer);
  }

  /** A process of the log; not open yet. @param url where it finds the database */
  make(parts: Partial<LogWriterParts> = {}, url = this.database.url): TestWriter {
    const changes: boolean[] = [];
    const device = new DatabaseDevice({
      connect: () => auditConnection(url, 'writer', 'audit-append'),
      onStateChange: (up) => void changes.push(up),
    });
    const troubles = parts.troubles ?? new Troubles();
    const writer = new LogWriter({
      signer: this.signer,
      keys: this.keys.dataKeys,
      device,
      troubles,
      bounds: { entries: 10_000, bytes: 67_108_864 },
      appendMs: 5_000,
      away: () => device.away,
      floor: () => 0,
      heartbeatMs: 0,
      ...parts,
    });
    this.open.push(async () => {
      await writer.close(0);
      await device.close();
    });
    return { writer, device, troubles, changes };
  }

  /** A process with everything: it checks the log at its start, and signs when it leads. */
  async process({
    audit = {},
    dataDir = mkdtempSync(join(this.folder, 'data-')),
    url = this.database.url,
    shared = { read: async () => undefined, write: async () => undefined },
    longestCallMs = 600_000,
  }: Partial<ProcessOptions> = {}): Promise<TestProcess> {
    const settings = AuditSettings.parse({ checkpointMs: 100, heartbeatSeconds: 60, ...audit });
    const signer = await this.sign();
    const troubles = new Troubles();
    const highWater = new HighWater(join(dataDir, 'audit-head.json'));
    const events = new EventBus();
    const told: { what: string; ok: boolean; reason?: string }[] = [];
    events.on('audit.watch', (watch) => void told.push(watch));
    const checkpoints = assembleCheckpoints({
      url,
      dataDir,
      audit: settings,
      signer,
      highWater,
      troubles,
      events,
      variables: process.env,
      longestCallMs: () => longestCallMs,
      shared,
      owner: {
        ownWriter: () => made.writer.writer.id,
        isOwn: (statement, signature) => made.writer.statements.take(statement, signature),
        write: (drafts) => made.writer.write(...drafts),
      },
    });
    const made = this.make(
      {
        signer,
        troubles,
        appendMs: settings.appendMs,
        floor: () => highWater.size,
        heartbeatMs: settings.heartbeatSeconds * 1_000,
        onPlaced: (index, leaf, n) => {
          checkpoints.recent.add(index, leaf);
          checkpoints.loop.written(n);
        },
      },
      url,
    );
    let ended = false;
    const end = async (graceMs: number): Promise<void> => {
      if (ended) return;
      ended = true;
      if (graceMs > 0) await made.writer.close(graceMs);
      else made.writer.appender.close();
      await made.device.close();
      await checkpoints.loop.close(graceMs > 0);
      await checkpoints.pool.end();
    };
    try {
      await checkpoints.check();
    } catch (error) {
      await checkpoints.pool.end();
      throw error;
    }
    await made.writer.open();
    checkpoints.loop.start();
    this.open.push(() => end(0));
    const close = (): Promise<void> => end(5_000);
    return {
      ...made,
      dataDir,
      checkpoints,
      proofs: new LogProofs(checkpoints),
      highWater,
      told,
      close,
      die: () => end(0),
    };
  }

  /** What a process opens to sign with. */
  async sign(): Promise<StoredLogSigner> {
    const name = await openLog(this.database.url, undefined);
    const signer = new StoredLogSigner(new SigningKeyRows(this.keys.database, name.origin), this.keys.keks, name);
    await signer.open();
    return signer;
  }

  async writer(parts: Partial<LogWriterParts> = {}, url?: string): Promise<TestWriter> {
    const made = this.make(parts, url);
    await made.writer.open();
    return made;
  }

  /** Every entry, in order. */
  async headers(): Promise<Header[]> {
    return (await this.entries()).map(({ header }) => JSON.parse(header) as Header);
  }

  async entries() {
    const { rows } = await this.admin.query<{ headers: string; payloads: Buffer | null }>(
      'select headers, payloads from audit.headers left join audit.payloads using (part_month, first_index) order by first_index',
    );
    return rows.flatMap(({ headers, payloads }) => splitBatch(headers, payloads ?? Buffer.alloc(0)));
  }

  /** What an auditor says who is given everything, and the key that the log began with. */
  async verify(vkey: string, outside: readonly string[] = []): Promise<Report> {
    const { rows } = await this.admin.query<BatchRow>(
      `select b.*, h.headers, p.payloads from audit.batches b join audit.headers h using (part_month, first_index)
         left join audit.payloads p using (part_month, first_index) order by first_index`,
    );
    const runs = rows.map((row): BatchRun => {
      const entries = splitBatch(row.headers, row.payloads ?? Buffer.alloc(0));
      return {
        kind: 'batch',
        first: Number(row.first_index),
        origin: (JSON.parse(entries[0]!.header) as Header).log,
        writer: row.writer,
        lane: Number(row.lane),
        previous: row.previous.length ? row.previous : undefined,
        signature: row.signature,
        committedAt: row.committed_at.toISOString(),
        entries,
      };
    });
    const notes = await this.admin.query<{ note: string; size: string }>(
      'select note, size from audit.checkpoints order by epoch, size',
    );
    const last = notes.rows.at(-1)!;
    const signer = await this.sign();
    const about = {
      log: signer.origin,
      size: Number(last.size),
      entries: 'all',
      payloads: 'all',
      made_at: new Date().toISOString(),
    } as const;
    const checkpoints = notes.rows.map(({ note }) => note);
    const shown = runs.filter(({ first }) => first < about.size);
    return verifyBundle(writeBundle({ about, checkpoints, runs: shown }, signer.current), {
      vkeys: [parseVkey(vkey)],
      whole: true,
      outside: outside.map((text, i) => ({ name: `kept ${i}`, text })),
    });
  }

  /** Closes what was opened since the last time. */
  async rest(): Promise<void> {
    await Promise.all(this.open.splice(0).map((close) => close()));
  }

  async close(): Promise<void> {
    await this.rest();
    await this.keys.close();
    await this.admin.end();
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface BatchRow {
  readonly first_index: string;
  readonly lane: string;
  readonly writer: string;
  readonly previous: Buffer;
  readonly signature: Buffer;
  readonly committed_at: Date;
  readonly headers: string;
  readonly payloads: Buffer | null;
}

/** The superuser of the test server, on that database. */
export function asSuperuser(databaseUrl: string): string {
  const url = new URL(process.env['GATEHOUSE_TEST_SERVER'] ?? '');
  url.pathname = new URL(databaseUrl).pathname;
  return url.href;
}
