import { Module } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { ConfigModule } from '../../../platform/config/config.module';
import { DatabaseModule } from '../../../platform/database/database.module';
import { EventBusModule } from '../../../platform/events/event-bus.module';
import { AuditLog } from '../audit-log';
import { AuditModule } from '../audit.module';
import { RecordedCalls } from '../calls/recorded-calls.service';
import { RecordedSessions } from '../calls/recorded-sessions.service';
import { AuditKeys } from '../keys/audit-keys';
import { KeptContents } from '../keys/kept-contents';
import { KeyRotation } from '../keys/key-rotation';
import { Shredder } from '../keys/shredder';
import { Approvals } from './approvals.service';
import { ApprovalsStore } from './approvals.store';
import { Archives } from './archives.service';
import { AuditPools } from './audit-pools.service';
import { AuditStatus } from './audit-status.service';
import { BundleRuns } from './bundle-runs.service';
import { Bundles } from './bundles.service';
import { CheckpointsStore } from './checkpoints.store';
import { ContentState } from './content-state.service';
import { EntriesStore } from './entries.store';
import { Erasure } from './erasure.service';
import { ErasureUpkeep } from './erasure-upkeep.service';
import { Evidence } from './evidence.service';
import { Exports } from './exports.service';
import { ExportsStore } from './exports.store';
import { Finder } from './finder.service';
import { Heads } from './heads.service';
import { HoldGuards } from './hold-guards.service';
import { Holds } from './holds.service';
import { HoldsStore } from './holds.store';
import { KeyChanges } from './key-changes.service';
import { LogCheck } from './log-check.service';
import { NightlyVerification } from './nightly-verification.service';
import { OpenedContent } from './opened-content.service';
import { Persons } from './persons.service';
import { Proofs } from './proofs.service';
import { RecordedFiles } from './recorded-file.service';
import { Retention } from './retention.service';
import { RetentionPlansStore } from './retention-plans.store';
import { RetentionWork } from './retention-work.service';
import { Reveal } from './reveal.service';
import { Reviews } from './reviews.service';
import { ReviewsStore } from './reviews.store';
import { Samples } from './samples.service';
import { Search } from './search.service';
import { SegmentsStore } from './segments.store';
import { SubjectExports } from './subject-exports.service';
import { Tiles } from './tiles.service';
import { Tree } from './tree.service';
import { Verifications } from './verifications.service';
import { VerificationsStore } from './verifications.store';

const STORES = [
  ApprovalsStore,
  AuditPools,
  CheckpointsStore,
  EntriesStore,
  ExportsStore,
  HoldsStore,
  RetentionPlansStore,
  ReviewsStore,
  SegmentsStore,
  VerificationsStore,
];
/** What doors use. */
const OFFERED = [
  Approvals,
  AuditStatus,
  Erasure,
  Exports,
  Heads,
  Holds,
  KeyChanges,
  Persons,
  Proofs,
  RecordedCalls,
  RecordedSessions,
  Retention,
  Reveal,
  Reviews,
  Samples,
  Search,
  SubjectExports,
  Tiles,
  Verifications,
];
const INSIDE = [
  Archives,
  BundleRuns,
  Bundles,
  ContentState,
  ErasureUpkeep,
  Evidence,
  Finder,
  HoldGuards,
  LogCheck,
  NightlyVerification,
  OpenedContent,
  RecordedFiles,
  RetentionWork,
  Tree,
];

/** What reviewers do with the log: search, reveal, sample, export, verify, hold, keep, erase. */
@Module({
  imports: [ConfigModule, DatabaseModule, EventBusModule, AuditModule],
  providers: [
    ...STORES,
    ...INSIDE,
    ...OFFERED,
    { provide: KeptContents, useFactory: () => new KeptContents() },
    {
      provide: Shredder,
      inject: [AuditKeys, AuditLog, HoldGuards, KeptContents, Config],
      // prettier-ignore
      useFactory: (keys: AuditKeys, log: AuditLog, guards: HoldGuards, contents: KeptContents, { audit }: Config) =>
        keys.shredder(log, guards, { backupDays: audit.keyBackupDays, approvers: audit.approvals.shred ? 2 : 1, contents }),
    },
    {
      provide: KeyRotation,
      inject: [AuditKeys, AuditLog],
      useFactory: (keys: AuditKeys, log: AuditLog) => keys.rotation(log),
    },
  ],
  exports: [...OFFERED, KeptContents],
})
export class ReviewModule {}
