import { Module, type OnApplicationShutdown, Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { FlagEvaluations } from './flag-evaluations';
import { FlagTable } from './flag-table';
import { OpenedService, openService } from './providers/open-service.provider';
import { FlagRefresh } from './stored/flag-refresh.service';
import { FlagSettings } from './stored/flag-settings.service';
import { FlagVersions } from './stored/flag-versions.store';

/** Ends what is under way with a flag service when the process does. */
@Injectable()
class FlagServiceEnd implements OnApplicationShutdown {
  constructor(private readonly service: OpenedService) {}

  onApplicationShutdown(): Promise<void> {
    return this.service.close();
  }
}

@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    { provide: KeyedHash, inject: [Config], useFactory: ({ masterKey }: Config) => new KeyedHash(masterKey) },
    { provide: SealedBox, inject: [Config], useFactory: ({ masterKey }: Config) => new SealedBox(masterKey) },
    {
      provide: FlagTable,
      inject: [Config, KeyedHash],
      useFactory: ({ flags, inForce }: Config, hash: KeyedHash) => {
        const table = new FlagTable(flags.flags, hash);
        inForce.onChange((now) => table.take(now.flags.flags));
        return table;
      },
    },
    { provide: OpenedService, inject: [Config, FlagTable, KeyedHash], useFactory: openService },
    {
      provide: FlagEvaluations,
      inject: [OpenedService],
      useFactory: (service: OpenedService) => new FlagEvaluations(service),
    },
    FlagServiceEnd,
    FlagVersions,
    FlagRefresh,
    FlagSettings,
  ],
  exports: [FlagTable, FlagEvaluations, FlagSettings],
})
export class FlagsModule {}
