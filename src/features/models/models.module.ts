import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { ModelRegistry } from './model-registry';
import { ModelTable } from './model-table';
import { Aliases } from './stored/aliases.service';
import { RegistryRefresh } from './stored/registry-refresh.service';
import { RegistryVersions } from './stored/registry-versions.store';

@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    {
      provide: ModelTable,
      inject: [Config],
      useFactory: ({ models, inForce }: Config) => {
        const table = new ModelTable(models);
        inForce.onChange((now) => table.take(now.models));
        return table;
      },
    },
    {
      provide: ModelRegistry,
      inject: [Config, ModelTable],
      useFactory: (config: Config, models: ModelTable) => {
        const { providers } = config;
        // prices may change while the process runs
        return new ModelRegistry({
          providers,
          models,
          get prices() {
            return config.prices;
          },
        });
      },
    },
    RegistryVersions,
    RegistryRefresh,
    Aliases,
  ],
  exports: [ModelRegistry, ModelTable, Aliases],
})
export class ModelsModule {}
