import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit';
import { ModelsModule } from '../../features/models';
import { TenancyModule } from '../../features/tenancy';
import { FundingModule } from '../../pipeline';
import { BudgetScopes } from './budget-scopes.service';
import { BudgetsController } from './budgets.controller';
import { KeysController } from './keys.controller';
import { TenantsController } from './tenants.controller';

@Module({
  imports: [AuditModule, TenancyModule, ModelsModule, FundingModule],
  controllers: [TenantsController, KeysController, BudgetsController],
  providers: [BudgetScopes],
})
export class AdminModule {}
