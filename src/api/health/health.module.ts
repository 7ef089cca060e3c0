import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AuditModule } from '../../features/audit';
import { JobsModule } from '../../features/jobs';
import { SanitizationModule } from '../../features/sanitization';
import { PipelineModule } from '../../pipeline';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { RedisModule } from '../../platform/redis/redis.module';
import { LifecycleModule } from '../lifecycle/lifecycle.module';
import { DependencyChecks } from './dependency-checks.service';
import { HealthController } from './health.controller';

@Module({
  imports: [
    AuditModule,
    JobsModule,
    TerminusModule.forRoot({ logger: false }),
    ConfigModule,
    DatabaseModule,
    RedisModule,
    PipelineModule,
    SanitizationModule,
    LifecycleModule,
  ],
  controllers: [HealthController],
  providers: [DependencyChecks],
  exports: [DependencyChecks],
})
export class HealthModule {}
