import { Module } from '@nestjs/common';
import { ReviewModule } from '../../features/audit';
import { TenancyModule } from '../../features/tenancy';
import { ErasureWorkModule } from '../../jobs';
import { ApprovalsController } from './approvals.controller';
import { AuditStatusController } from './audit-status.controller';
import { CheckpointController } from './checkpoint.controller';
import { EntriesController } from './entries.controller';
import { ExportsController } from './exports.controller';
import { HoldsController } from './holds.controller';
import { AuditKeysController } from './keys.controller';
import { RetentionController } from './retention.controller';
import { ReviewsController } from './reviews.controller';
import { SamplesController } from './samples.controller';
import { SubjectsController } from './subjects.controller';
import { TilesController } from './tiles.controller';
import { VerificationController } from './verification.controller';

@Module({
  imports: [ReviewModule, ErasureWorkModule, TenancyModule],
  controllers: [
    EntriesController,
    ApprovalsController,
    ReviewsController,
    SamplesController,
    HoldsController,
    SubjectsController,
    RetentionController,
    ExportsController,
    CheckpointController,
    TilesController,
    VerificationController,
    AuditKeysController,
    AuditStatusController,
  ],
})
export class AuditApiModule {}
