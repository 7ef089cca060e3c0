import { Module } from '@nestjs/common';
import { AuditModule, ReviewModule } from '../../features/audit';
import { FeedbackModule } from '../../features/feedback';
import { SanitizationModule } from '../../features/sanitization';
import { TenancyModule } from '../../features/tenancy';
import { ConfigModule } from '../../platform/config/config.module';
import { FeedbackExport } from './feedback-export.service';
import { FeedbackController } from './feedback.controller';
import { GivenFeedback } from './given-feedback.service';

@Module({
  imports: [ConfigModule, AuditModule, ReviewModule, FeedbackModule, SanitizationModule, TenancyModule],
  controllers: [FeedbackController],
  providers: [GivenFeedback, FeedbackExport],
})
export class FeedbackApiModule {}
