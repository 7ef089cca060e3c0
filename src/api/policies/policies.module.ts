import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { ModelsModule } from '../../features/models';
import { ResilienceModule } from '../../features/resilience';
import { SanitizationModule } from '../../features/sanitization';
import { TenancyModule } from '../../features/tenancy';
import { PipelineModule } from '../../pipeline';
import { ConfigModule } from '../../platform/config/config.module';
import { EffectivePolicies } from './effective-policies.service';
import { GuardPoliciesController } from './guard-policies.controller';
import { PoliciesController } from './policies.controller';

@Module({
  imports: [
    ConfigModule,
    ModelsModule,
    ResilienceModule,
    TenancyModule,
    PipelineModule,
    AuditModule,
    SanitizationModule,
  ],
  controllers: [PoliciesController, GuardPoliciesController],
  providers: [EffectivePolicies],
})
export class PoliciesModule {}
