import { Module } from '@nestjs/common';
import { ModelsModule } from '../../features/models';
import { ResilienceModule } from '../../features/resilience';
import { TenancyModule } from '../../features/tenancy';
import { PipelineModule } from '../../pipeline';
import { ConfigModule } from '../../platform/config/config.module';
import { EffectivePolicies } from './effective-policies.service';
import { PoliciesController } from './policies.controller';

@Module({
  imports: [ConfigModule, ModelsModule, ResilienceModule, TenancyModule, PipelineModule],
  controllers: [PoliciesController],
  providers: [EffectivePolicies],
})
export class PoliciesModule {}
