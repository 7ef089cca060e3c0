import { Module } from '@nestjs/common';
import { AuditModule, ReviewModule } from '../../features/audit';
import { FeedbackModule } from '../../features/feedback';
import { TenancyModule } from '../../features/tenancy';
import { SpendModule } from '../../pipeline';
import { ConfigModule } from '../../platform/config/config.module';
import { ReconcileController } from './reconcile.controller';
import { RepriceController } from './reprice.controller';
import { UsageController } from './usage.controller';
import { Usage } from './usage.service';

@Module({
  imports: [ConfigModule, AuditModule, FeedbackModule, ReviewModule, TenancyModule, SpendModule],
  controllers: [UsageController, RepriceController, ReconcileController],
  providers: [Usage],
})
export class UsageApiModule {}
