import { Module } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { ConfigModule } from '../../../platform/config/config.module';
import { OutgoingHosts } from '../../../platform/outbound/outgoing-hosts';
import { KeyedHash } from '../../../platform/secrets/keyed-hash';
import { SealedBox } from '../../../platform/secrets/sealed-box';
import { JobEndings } from '../job-endings';
import { JobsDatabase } from '../jobs-database.store';
import { JobsModule } from '../jobs.module';
import { Deliveries } from './deliveries.store';
import { WebhookSecrets } from './webhook-secrets.store';

@Module({
  imports: [ConfigModule, JobsModule],
  providers: [
    { provide: KeyedHash, inject: [Config], useFactory: ({ masterKey }: Config) => new KeyedHash(masterKey) },
    { provide: SealedBox, inject: [Config], useFactory: ({ masterKey }: Config) => new SealedBox(masterKey) },
    {
      provide: OutgoingHosts,
      inject: [Config],
      useFactory: ({ webhooks }: Config) => new OutgoingHosts(webhooks.allow),
    },
    {
      provide: WebhookSecrets,
      inject: [JobsDatabase, SealedBox],
      useFactory: (database: JobsDatabase, box: SealedBox) => new WebhookSecrets(database, box),
    },
    {
      provide: Deliveries,
      inject: [JobsDatabase, SealedBox, KeyedHash, JobEndings, Config],
      useFactory: (
        database: JobsDatabase,
        box: SealedBox,
        hash: KeyedHash,
        endings: JobEndings,
        { webhooks }: Config,
      ) => new Deliveries(database, box, hash, endings, webhooks),
    },
  ],
  exports: [OutgoingHosts, WebhookSecrets, Deliveries],
})
export class WebhooksModule {}
