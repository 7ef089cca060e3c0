import { Module } from '@nestjs/common';
import { AnswersModule, PastAnswers } from '../../features/answers';
import { KeptContents, ReviewModule } from '../../features/audit';
import { BatchesModule } from '../../features/batches';
import { Files, FilesModule } from '../../features/files';
import { IdempotencyModule, IdempotentAnswers } from '../../features/idempotency';
import { JobsModule } from '../../features/jobs';
import { PipelineModule } from '../../pipeline';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { PersonMarks } from '../../platform/secrets/person-marks';
import { ErasedJobs } from './erased-jobs.service';

/** Joins erasures with everything that keeps content beside the log. */
@Module({
  imports: [
    AnswersModule,
    BatchesModule,
    EventBusModule,
    FilesModule,
    IdempotencyModule,
    JobsModule,
    PipelineModule,
    ReviewModule,
  ],
  providers: [ErasedJobs],
})
export class ErasureWorkModule {
  // prettier-ignore
  constructor(
    contents: KeptContents, jobs: ErasedJobs, idempotent: IdempotentAnswers, answers: PastAnswers, files: Files,
    marks: PersonMarks,
  ) {
    const markOf = (tenantId: string, user: string | undefined): Buffer | undefined =>
      user === undefined ? undefined : marks.of(tenantId, user);
    // first what makes more of the others
    contents.add(jobs);
    contents.add({
      name: 'idempotent_answers',
      purge: ({ tenantId, user, before }) => idempotent.purge(tenantId, user, before),
      has: async ({ tenantId, user }) => user !== undefined && idempotent.has(tenantId, user),
    });
    contents.add({
      name: 'cache',
      purge: ({ tenantId, user }) =>
        answers.purge({ tenantId, ...(user !== undefined && { by: { kind: 'user', name: user } }) }),
    });
    contents.add({
      name: 'files',
      purge: ({ tenantId, user, before }) => files.purge(tenantId, markOf(tenantId, user), before),
      has: async ({ tenantId, user }) => user !== undefined && files.has(tenantId, marks.of(tenantId, user)),
    });
  }
}
