import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { RequestRecords } from './request-records.store';

@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    RequestRecords,
    { provide: KeyedHash, inject: [Config], useFactory: (config: Config) => new KeyedHash(config.masterKey) },
  ],
  exports: [RequestRecords, KeyedHash],
})
export class RecordsModule {}
