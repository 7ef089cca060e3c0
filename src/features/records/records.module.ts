import { Module } from '@nestjs/common';
import { DatabaseModule } from '../../platform/database/database.module';
import { EarlierRecords } from './earlier-records.store';

@Module({ imports: [DatabaseModule], providers: [EarlierRecords], exports: [EarlierRecords] })
export class RecordsModule {}
