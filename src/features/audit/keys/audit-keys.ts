import type { AuditLog } from '../audit-log';
import { KeyedHash } from '../../../platform/secrets/keyed-hash';
import type { KeyWrapper } from '../../../platform/secrets/key-wrapper';
import { DataKeyMaker } from './data-key-maker';
import { DataKeyRows } from './data-key-rows.store';
import { Keks } from './keks';
import { KeyDatabase } from './key-database.store';
import { KeyErasure } from './key-erasure.store';
import { type KeyChange, KeyNotices } from './key-notices.store';
import { KeyRotation } from './key-rotation';
import { type CaughtUp, catchUp, replayShreds } from './replay-shreds';
import { type Shred, ShredLedger } from './shred-ledger.store';
import { ShredLedgerFile } from './shred-ledger-file';
import type { ShredScope } from './shred-scope';
import { type ShredGuards, Shredder, type ShredderOptions } from './shredder';
import { StoredSubjects } from './stored-subjects';
import { SubjectRows } from './subject-rows.store';
import { TenantKeyRows } from './tenant-key-rows.store';
import { TenantKeys } from './tenant-keys';
import { WrappedDataKeys } from './wrapped-data-keys';

export interface AuditKeysOptions {
  /** The key database. */
  readonly url: string;
  /** 32 bytes; only hashes of ids are made with it. */
  readonly masterKey: Buffer;
  /** What new tenant keys are wrapped with, and what older ones may still be. */
  readonly kek: { readonly use: KeyWrapper; readonly previous?: readonly KeyWrapper[] };
  /** How long backups of the key database are kept. */
  readonly backupDays: number;
  /** Where a copy of the ledger of erasures is kept, outside of the database. */
  readonly ledgerFile?: string;
  readonly clock?: () => number;
}

const SWEEP_MS = 60_000;

/** Everything about the keys of the log that one process needs. */
export class AuditKeys {
  readonly database: KeyDatabase;
  readonly keks: Keks;
  readonly tenantKeys: TenantKeys;
  readonly dataKeys: WrappedDataKeys;
  readonly subjects: StoredSubjects;
  readonly notices: KeyNotices;
  readonly erasure: KeyErasure;
  readonly ledger: ShredLedger;
  private readonly file: ShredLedgerFile | undefined;
  private readonly clock: () => number;
  private sweeper: NodeJS.Timeout | undefined;

  constructor({ url, masterKey, kek, backupDays, ledgerFile, clock = Date.now }: AuditKeysOptions) {
    this.clock = clock;
    this.database = new KeyDatabase(url);
    this.keks = new Keks(kek.use, kek.previous);
    this.tenantKeys = new TenantKeys(new TenantKeyRows(this.database), this.keks, clock);
    const rows = new DataKeyRows(this.database);
    this.dataKeys = new WrappedDataKeys(rows, this.tenantKeys, new DataKeyMaker(rows, this.tenantKeys), clock);
    this.subjects = new StoredSubjects(new SubjectRows(this.database), this.dataKeys, new KeyedHash(masterKey), clock);
    this.notices = new KeyNotices(this.database, (change) => this.forget(change));
    this.erasure = new KeyErasure(this.database, this.notices, backupDays);
    this.ledger = new ShredLedger(this.database, this.keks);
    this.file = ledgerFile === undefined ? undefined : new ShredLedgerFile(ledgerFile);
  }

  /**
   * Makes the schema, or brings it up to date, and carries out what the ledger's copy knows and the database does not. Nothing
   * can be written or read before.
   */
  async open(): Promise<void> {
    await this.database.open();
    await this.notices.start();
    await replayShreds(this, this.file?.read() ?? []);
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.sweeper);
    await this.notices.stop();
    this.forget({});
    await this.database.close();
  }

  /** Drops copies in memory; those of other processes stay. */
  forget({ only, tenant, subject }: KeyChange): void {
    if (!only) this.subjects.forget(tenant, subject);
    if (only !== 'writing' && subject === undefined) this.tenantKeys.forget(tenant);
    if (only !== 'wrapping') this.dataKeys.forget(tenant, subject);
  }

  shredder(log: AuditLog, guards: ShredGuards, options: ShredderOptions): Shredder {
    const { erasure, ledger, notices, file } = this;
    const forget = (scope: ShredScope): void => this.forget(scope);
    return new Shredder({ erasure, ledger, notices, forget, ...(file && { file }) }, log, guards, options);
  }

  rotation(log: AuditLog): KeyRotation {
    const { database, keks, tenantKeys, notices, clock } = this;
    const forget = (change: KeyChange): void => this.forget(change);
    return new KeyRotation({ database, keks, tenantKeys, notices, forget }, log, clock);
  }

  /** Carries out what the log says was destroyed and this database does not know: it was restored, or a process died. */
  catchUp(told: readonly Shred[]): Promise<CaughtUp> {
    return catchUp(this, told);
  }

  private sweep(): void {
    this.subjects.sweep();
    this.tenantKeys.sweep();
    this.dataKeys.sweep();
  }
}
