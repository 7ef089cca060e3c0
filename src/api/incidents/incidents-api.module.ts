import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { IncidentsModule } from '../../features/incidents';
import { IncidentsWorkModule } from '../../jobs';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { IncidentsController } from './incidents.controller';

@Module({
  imports: [AuditModule, EventBusModule, IncidentsModule, IncidentsWorkModule],
  controllers: [IncidentsController],
})
export class IncidentsApiModule {}
