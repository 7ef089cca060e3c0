import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { ConfigReloadModule } from '../../platform/config/config-reload.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { startRefusal } from '../../platform/database/start-refusal';
import { EventBus } from '../../platform/events/event-bus';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisModule } from '../../platform/redis/redis.module';
import { keyWrappers } from '../../platform/secrets/key-wrappers';
import { AccessRecords } from './access-records.service';
import { Acts } from './acts.service';
import { AuditLog } from './audit-log';
import { BudgetRecords } from './budget-records.service';
import { ConfigRecords } from './config-records.service';
import { AuditKeys } from './keys/audit-keys';
import { OtherKeyError } from './keys/keks';
import { DataKeys, Subjects } from './keys/data-keys';
import { AuditLogService } from './log/audit-log.service';
import { AuditSchema } from './log/audit-schema.service';
import { RedisHead } from './log/checkpoint/redis-head.service';
import { EntryReader } from './log/entry-reader.store';
import { HighWater } from './log/head/high-water';
import { openLog } from './log/head/log-name.store';
import { LogSigner } from './log/signing/log-signer';
import { SigningKeyRows } from './log/signing/signing-key-rows.store';
import { StoredLogSigner } from './log/signing/stored-log-signer';
import { Troubles } from './log/troubles';
import { SecretRecords } from './secret-records.service';

@Module({
  imports: [ConfigModule, ConfigReloadModule, DatabaseModule, EventBusModule, RedisModule],
  providers: [
    // before everything that uses the schema
    { provide: AuditSchema, inject: [Config], useFactory: (config: Config) => AuditSchema.open(config) },
    {
      provide: AuditKeys,
      inject: [Config],
      useFactory: async (config: Config) => {
        const { databaseUrl, keysDatabaseUrl, masterKey, audit } = config;
        const kek = keyWrappers(config);
        const keys = new AuditKeys({
          url: keysDatabaseUrl.reveal(),
          masterKey,
          kek,
          backupDays: audit.keyBackupDays,
          ledgerFile: join(config.dataDir, 'shred-ledger.ndjson'),
        });
        const isApart = keysDatabaseUrl.reveal() !== databaseUrl.reveal();
        await keys.open().catch((error: unknown) => {
          throw startRefusal(isApart ? 'GATEHOUSE_KEYS_DATABASE_URL' : 'DATABASE_URL', error);
        });
        return keys;
      },
    },
    { provide: DataKeys, inject: [AuditKeys], useFactory: ({ dataKeys }: AuditKeys) => dataKeys },
    { provide: Subjects, inject: [AuditKeys], useFactory: ({ subjects }: AuditKeys) => subjects },
    {
      provide: StoredLogSigner,
      inject: [Config, AuditKeys, AuditSchema],
      useFactory: async ({ databaseUrl, audit }: Config, { database, keks }: AuditKeys) => {
        const name = await openLog(databaseUrl.reveal(), audit.origin);
        const signer = new StoredLogSigner(new SigningKeyRows(database, name.origin), keks, name);
        await signer.open().catch(refuseOtherKeys);
        return signer;
      },
    },
    { provide: LogSigner, useExisting: StoredLogSigner },
    {
      provide: Troubles,
      inject: [EventBus],
      useFactory: (events: EventBus) => new Troubles((reason) => events.emit('audit.stopped', { reason })),
    },
    {
      provide: HighWater,
      inject: [Config],
      useFactory: ({ dataDir }: Config) => new HighWater(join(dataDir, 'audit-head.json')),
    },
    RedisHead,
    AuditLogService,
    { provide: AuditLog, useExisting: AuditLogService },
    AccessRecords,
    Acts,
    BudgetRecords,
    EntryReader,
    SecretRecords,
    ConfigRecords,
  ],
  exports: [
    AccessRecords,
    Acts,
    AuditKeys,
    AuditLog,
    AuditLogService,
    AuditSchema,
    DataKeys,
    EntryReader,
    LogSigner,
    StoredLogSigner,
    Subjects,
    Troubles,
  ],
})
export class AuditModule {}

/** The first thing that was ever encrypted for this log is its own signing key. */
function refuseOtherKeys(error: unknown): never {
  const cause = (error as { cause?: unknown }).cause;
  if (!(cause instanceof OtherKeyError)) throw error;
  throw new Error(
    `The audit log of this database was begun with another key-encryption key: ${cause.message}. All processes need the ` +
      'same GATEHOUSE_MASTER_KEY, or the same audit.kek; a key that was replaced belongs into audit.kek.previous.',
  );
}
