import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { ConfigModule } from '../../../platform/config/config.module';
import { DatabaseModule } from '../../../platform/database/database.module';
import { Ledger } from './ledger.store';
import { SpendHooks } from './spend-hooks';
import { ModelCalls } from '../usage/model-calls.store';
import { UsageReports } from '../usage/usage-reports.store';

/** Where spend is kept. What fills it, the `Projector`, is provided by whoever has a `CallSource`. */
@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    SpendHooks,
    {
      provide: Ledger,
      inject: [Config, SpendHooks],
      useFactory: ({ databaseUrl }: Config, hooks: SpendHooks) => new Ledger(databaseUrl.reveal(), hooks),
    },
    {
      provide: UsageReports,
      inject: [Config],
      useFactory: ({ databaseUrl }: Config) => new UsageReports(databaseUrl.reveal()),
    },
    {
      provide: ModelCalls,
      inject: [Config],
      useFactory: ({ databaseUrl }: Config) => new ModelCalls(databaseUrl.reveal()),
    },
  ],
  exports: [Ledger, SpendHooks, UsageReports, ModelCalls],
})
export class LedgerModule implements OnApplicationShutdown {
  constructor(
    private readonly ledger: Ledger,
    private readonly reports: UsageReports,
    private readonly calls: ModelCalls,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.ledger.close(), this.reports.close(), this.calls.close()]);
  }
}
