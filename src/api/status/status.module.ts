import { Module } from '@nestjs/common';
import { LimitsModule } from '../../features/limits';
import { ModelsModule } from '../../features/models';
import { PipelineModule } from '../../pipeline';
import { DatabaseModule } from '../../platform/database/database.module';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { RedisModule } from '../../platform/redis/redis.module';
import { HealthModule } from '../health/health.module';
import { DependencyStates } from './dependency-states.service';
import { StatusController } from './status.controller';
import { Status } from './status.service';

@Module({
  imports: [DatabaseModule, EventBusModule, HealthModule, LimitsModule, ModelsModule, PipelineModule, RedisModule],
  controllers: [StatusController],
  providers: [DependencyStates, Status],
})
export class StatusModule {}
