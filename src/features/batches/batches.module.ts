import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { Batches } from './batches.store';

@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    {
      provide: Batches,
      inject: [Config],
      useFactory: ({ databaseUrl, masterKey }: Config) => new Batches(databaseUrl.reveal(), new SealedBox(masterKey)),
    },
  ],
  exports: [Batches],
})
export class BatchesModule implements OnApplicationShutdown {
  constructor(private readonly batches: Batches) {}

  async onApplicationShutdown(): Promise<void> {
    await this.batches.shutdown();
  }
}
