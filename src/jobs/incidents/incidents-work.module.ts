import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { PricesModule } from '../../features/cost';
import { FlagsModule } from '../../features/flags';
import { IncidentsModule } from '../../features/incidents';
import { WebhooksModule } from '../../features/jobs';
import { ModelsModule } from '../../features/models';
import { SanitizationModule } from '../../features/sanitization';
import { TenancyModule } from '../../features/tenancy';
import { WithdrawalsModule } from '../../features/withdrawals';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { ImpactWatch } from './impact-watch.service';
import { IncidentAudit } from './incident-audit.service';
import { IncidentDuty } from './incident-duty.service';
import { IncidentWatch } from './incident-watch.service';
import { NoticeSender } from './notice-sender.service';
import { KNOWN_REMEDIES } from './remedies/known-remedies.provider';

/** Joins incidents with what they hear of, what they act on, and whom they tell. */
@Module({
  imports: [
    ConfigModule,
    EventBusModule,
    AuditModule,
    PricesModule,
    FlagsModule,
    IncidentsModule,
    WebhooksModule,
    ModelsModule,
    SanitizationModule,
    TenancyModule,
    WithdrawalsModule,
  ],
  providers: [KNOWN_REMEDIES, IncidentAudit, IncidentWatch, ImpactWatch, IncidentDuty, NoticeSender],
})
export class IncidentsWorkModule {}
