import { Module } from '@nestjs/common';
import { EventBusModule } from '../events/event-bus.module';
import { Config } from './config';
import { ConfigReload } from './config-reload.service';
import { processConfig } from './process-config';

/** One configuration for the process; `serve.ts` has already refused to start on a mistake. */
@Module({
  imports: [EventBusModule],
  providers: [{ provide: Config, useFactory: processConfig }, ConfigReload],
  exports: [Config, ConfigReload],
})
export class ConfigModule {}
