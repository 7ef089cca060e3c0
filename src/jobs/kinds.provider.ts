import { AnalysisKind } from '../features/analysis';
import { Batches } from '../features/batches';
import { CodeReviewKind } from '../features/code-review';
import { DocumentKind, DocumentReader } from '../features/documents';
import { Files } from '../features/files';
import { JobReader } from '../features/jobs';
import { Config } from '../platform/config/config';
import { BatchJob } from './batch/batch-job';
import { batchLimits } from './batch/batch-limits';
import { BatchResults } from './batch/batch-results';
import { CompletionJob } from './completion-job';
import { JobKinds } from './job-kinds';
import { UploadedDocuments } from './uploaded-documents';

/** To add a kind of job: its class here. */
export const JOB_KINDS = {
  provide: JobKinds,
  inject: [Config, AnalysisKind, DocumentReader, Files, Batches, BatchResults, JobReader],
  // prettier-ignore
  useFactory: (
    config: Config, analysis: AnalysisKind, documents: DocumentReader,
    files: Files, batches: Batches, results: BatchResults, reader: JobReader,
  ): JobKinds =>
    new JobKinds([
      new CompletionJob(),
      analysis,
      new DocumentKind(config.documents, documents, new UploadedDocuments(files, config.documents.bytes)),
      new CodeReviewKind(config.codeReview),
      new BatchJob(batchLimits(config), { files, batches, results, reader }),
    ]),
};
