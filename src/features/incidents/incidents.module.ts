import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { Impacts } from './stored/impact.store';
import { IncidentHearings } from './stored/incident-hearing.store';
import { IncidentRecords } from './stored/incident-records.store';
import { IncidentUpkeep } from './stored/incident-upkeep.store';
import { Incidents } from './stored/incidents.store';
import { Notices } from './stored/notices.store';
import { Remedies } from './stored/remedies.store';

const STORES = [Incidents, IncidentHearings, IncidentUpkeep, IncidentRecords, Impacts, Remedies, Notices];

@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    { provide: SealedBox, inject: [Config], useFactory: ({ masterKey }: Config) => new SealedBox(masterKey) },
    ...STORES,
  ],
  exports: STORES,
})
export class IncidentsModule {}
