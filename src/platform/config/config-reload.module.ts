import { Module } from '@nestjs/common';
import { EventBusModule } from '../events/event-bus.module';
import { ConfigReload } from './config-reload.service';
import { ConfigModule } from './config.module';

@Module({ imports: [ConfigModule, EventBusModule], providers: [ConfigReload], exports: [ConfigReload] })
export class ConfigReloadModule {}
