import { Module } from '@nestjs/common';
import { Config } from '../config/config';
import { ConfigModule } from '../config/config.module';
import { EventBusModule } from '../events/event-bus.module';
import { SecretRefresh } from './secret-refresh.service';
import { SecretStore } from './secret-store';

@Module({
  imports: [ConfigModule, EventBusModule],
  providers: [{ provide: SecretStore, inject: [Config], useFactory: ({ secrets }: Config) => secrets }, SecretRefresh],
  exports: [SecretStore],
})
export class SecretsModule {}
