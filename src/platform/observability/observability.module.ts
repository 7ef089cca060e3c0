import { Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { ConfigModule } from '../config/config.module';
import { EventBusModule } from '../events/event-bus.module';
import { AuditMetrics } from './audit-metrics.service';
import { BootLogger } from './boot-logger.service';
import { BudgetMetrics } from './budget-metrics.service';
import { CallLog } from './call-log.service';
import { CallMetrics } from './call-metrics.service';
import { ConfigMetrics } from './config-metrics.service';
import { EventLog } from './event-log.service';
import { IncidentMetrics } from './incident-metrics.service';
import { GuardMetrics } from './guard-metrics.service';
import { JobMetrics } from './job-metrics.service';
import { JobSocketMetrics } from './job-socket-metrics.service';
import { LoggerModule } from './logger.module';
import { METRICS_REGISTRY } from './metrics-registry.provider';
import { ModelMetrics } from './model-metrics.service';
import { ResilienceMetrics } from './resilience-metrics.service';
import { processScrubber } from './process-scrubber';
import { ReviewMetrics } from './review-metrics.service';
import { Scrubber } from './scrubber';
import { SavingMetrics } from './saving-metrics.service';
import { SecretMetrics } from './secret-metrics.service';
import { SecretScrubbing } from './secret-scrubbing.service';
import { TraceMetrics } from './trace-metrics.service';
import { PromotionMetrics } from './promotion-metrics.service';
import { WebhookMetrics } from './webhook-metrics.service';

@Module({
  imports: [ConfigModule, EventBusModule, LoggerModule],
  providers: [
    BootLogger,
    { provide: Scrubber, useValue: processScrubber },
    SecretScrubbing,
    METRICS_REGISTRY,
    CallLog,
    CallMetrics,
    EventLog,
    ResilienceMetrics,
    AuditMetrics,
    SecretMetrics,
    ConfigMetrics,
    ReviewMetrics,
    GuardMetrics,
    SavingMetrics,
    ModelMetrics,
    BudgetMetrics,
    JobMetrics,
    PromotionMetrics,
    WebhookMetrics,
    TraceMetrics,
    JobSocketMetrics,
    IncidentMetrics,
  ],
  exports: [BootLogger, Registry, LoggerModule, Scrubber],
})
export class ObservabilityModule {}
