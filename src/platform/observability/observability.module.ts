import { Module } from '@nestjs/common';
import { EventBusModule } from '../events/event-bus.module';
import { BootLogger } from './boot-logger.service';
import { CallLog } from './call-log.service';
import { CallMetrics } from './call-metrics.service';
import { LoggerModule } from './logger.module';

@Module({
  imports: [EventBusModule, LoggerModule],
  providers: [BootLogger, CallLog, CallMetrics],
  exports: [BootLogger, CallMetrics, LoggerModule],
})
export class ObservabilityModule {}
