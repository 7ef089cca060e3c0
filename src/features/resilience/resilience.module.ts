import { Module } from '@nestjs/common';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { INTERCEPTORS } from './interceptors';
import { Resilience } from './resilience.service';

@Module({ imports: [ConfigModule, EventBusModule], providers: [Resilience, ...INTERCEPTORS], exports: [Resilience] })
export class ResilienceModule {}
