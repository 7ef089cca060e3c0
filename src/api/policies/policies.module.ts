import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { LimitsModule } from '../../features/limits';
import { ModelsModule } from '../../features/models';
import { ResilienceModule } from '../../features/resilience';
import { SanitizationModule } from '../../features/sanitization';
import { SelectionModule } from '../../features/selection';
import { TenancyModule } from '../../features/tenancy';
import { WithdrawalsModule } from '../../features/withdrawals';
import { FundingModule, PipelineModule } from '../../pipeline';
import { ConfigModule } from '../../platform/config/config.module';
import { EffectivePolicies } from './effective-policies.service';
import { GuardPoliciesController } from './guard-policies.controller';
import { PoliciesController } from './policies.controller';

@Module({
  imports: [
    ConfigModule,
    LimitsModule,
    ModelsModule,
    ResilienceModule,
    TenancyModule,
    PipelineModule,
    FundingModule,
    AuditModule,
    SanitizationModule,
    SelectionModule,
    WithdrawalsModule,
  ],
  controllers: [PoliciesController, GuardPoliciesController],
  providers: [EffectivePolicies],
})
export class PoliciesModule {}
