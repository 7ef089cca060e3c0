import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { ModelRegistry } from './model-registry';
import { ModelTable } from './model-table';
import { ShadowCalls } from './shadow/shadow-calls.store';
import { Aliases } from './stored/aliases.service';
import { ModelEntries } from './stored/model-entries.service';
import { RegistryRefresh } from './stored/registry-refresh.service';
import { RegistrySettings } from './stored/registry-settings.service';
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
        const { providers, modelSettings } = config;
        // prices may change while the process runs
        return new ModelRegistry({
          providers,
          models,
          modelSettings,
          get prices() {
            return config.prices;
          },
        });
      },
    },
    RegistryVersions,
    RegistryRefresh,
    RegistrySettings,
    Aliases,
    ModelEntries,
    ShadowCalls,
  ],
  exports: [ModelRegistry, ModelTable, Aliases, ModelEntries, ShadowCalls],
})
export class ModelsModule {}
