import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { DatabaseModule } from '../../platform/database/database.module';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { PersonMarks } from '../../platform/secrets/person-marks';
import { SealedBox } from '../../platform/secrets/sealed-box';
import { Backlogs } from './backlog.store';
import { JobClaims } from './job-claims.store';
import { JobEndings } from './job-endings';
import { JobErasure } from './job-erasure.store';
import { JobFeed } from './job-feed';
import { JobReader } from './job-reader.store';
import { JobSignals } from './job-signals.store';
import { JobSubmissions } from './job-submissions.store';
import { JobUpkeep } from './job-upkeep.store';
import { JobsDatabase } from './jobs-database.store';
import { JobsLifecycle } from './jobs-lifecycle.service';
import { KeyFeed } from './key-feed';
import { JobQueue } from './queue/job-queue';
import { JOB_QUEUE } from './queue/open-queue.provider';
import { RecentJobs } from './recent-jobs.store';
import { JobSeal } from './sealed-job';

const CONNECTIONS = 8;

@Module({
  imports: [ConfigModule, DatabaseModule],
  providers: [
    { provide: KeyedHash, inject: [Config], useFactory: ({ masterKey }: Config) => new KeyedHash(masterKey) },
    { provide: PersonMarks, inject: [KeyedHash], useFactory: (hash: KeyedHash) => new PersonMarks(hash) },
    { provide: SealedBox, inject: [Config], useFactory: ({ masterKey }: Config) => new SealedBox(masterKey) },
    {
      provide: JobSeal,
      inject: [SealedBox, KeyedHash],
      useFactory: (box: SealedBox, hash: KeyedHash) => new JobSeal(box, hash),
    },
    {
      provide: JobsDatabase,
      inject: [Config],
      useFactory: ({ databaseUrl }: Config) => new JobsDatabase(databaseUrl.reveal(), CONNECTIONS),
    },
    JOB_QUEUE,
    { provide: JobEndings, useFactory: () => new JobEndings() },
    {
      provide: JobSignals,
      inject: [Config, JobsDatabase],
      useFactory: ({ databaseUrl }: Config, database: JobsDatabase) => new JobSignals(databaseUrl.reveal(), database),
    },
    {
      provide: JobReader,
      inject: [JobsDatabase, JobSeal],
      useFactory: (database: JobsDatabase, seal: JobSeal) => new JobReader(database, seal),
    },
    {
      provide: JobFeed,
      inject: [JobReader, JobSignals],
      useFactory: (reader: JobReader, signals: JobSignals) => new JobFeed(reader, signals),
    },
    {
      provide: KeyFeed,
      inject: [JobReader, JobsDatabase, JobSignals],
      useFactory: (reader: JobReader, database: JobsDatabase, signals: JobSignals) =>
        new KeyFeed(reader, new RecentJobs(database), signals),
    },
    {
      provide: Backlogs,
      inject: [JobsDatabase],
      useFactory: (database: JobsDatabase) => new Backlogs(database),
    },
    {
      provide: JobSubmissions,
      inject: [JobsDatabase, JobQueue, JobSeal, JobEndings, Config],
      useFactory: (
        database: JobsDatabase,
        queue: JobQueue,
        seal: JobSeal,
        endings: JobEndings,
        { jobs: { keepSeconds } }: Config,
      ) => new JobSubmissions(database, queue, seal, endings, keepSeconds),
    },
    {
      provide: JobClaims,
      inject: [JobsDatabase, JobQueue, JobSeal, JobEndings, Config],
      useFactory: (database: JobsDatabase, queue: JobQueue, seal: JobSeal, endings: JobEndings, { jobs }: Config) =>
        new JobClaims(database, queue, seal, endings, jobs),
    },
    {
      provide: JobUpkeep,
      inject: [JobsDatabase, JobQueue, JobSeal, JobEndings, Config],
      useFactory: (database: JobsDatabase, queue: JobQueue, seal: JobSeal, endings: JobEndings, { jobs }: Config) =>
        new JobUpkeep(database, queue, seal, endings, jobs),
    },
    {
      provide: JobErasure,
      inject: [JobsDatabase, JobSeal, JobEndings],
      useFactory: (database: JobsDatabase, seal: JobSeal, endings: JobEndings) =>
        new JobErasure(database, seal, endings),
    },
    JobsLifecycle,
  ],
  exports: [
    JobQueue,
    JobSeal,
    JobsDatabase,
    PersonMarks,
    JobEndings,
    JobErasure,
    JobSignals,
    JobReader,
    JobFeed,
    KeyFeed,
    Backlogs,
    JobSubmissions,
    JobClaims,
    JobUpkeep,
  ],
})
export class JobsModule {}
