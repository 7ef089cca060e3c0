import { AnalysisKind } from '../features/analysis';
import { Batches } from '../features/batches';
import { CodeReviewKind } from '../features/code-review';
import { DocumentKind, DocumentReader } from '../features/documents';
import { EvalKind } from '../features/evals';
import { Files } from '../features/files';
import { JobReader } from '../features/jobs';
import { ModelRegistry } from '../features/models';
import { RemoteBatches } from '../pipeline';
import { Config } from '../platform/config/config';
import { BatchJob } from './batch/batch-job';
import { batchLimits } from './batch/batch-limits';
import { BatchResults } from './batch/batch-results';
import { RemoteBatchWork } from './batch/remote-batch';
import { CompletionJob } from './completion-job';
import { JobKinds } from './job-kinds';
import { UploadedDocuments } from './uploaded-documents';

/** To add a kind of job: its class here. */
export const JOB_KINDS = {
  provide: JobKinds,
  inject: [
    Config,
    AnalysisKind,
    EvalKind,
    DocumentReader,
    Files,
    Batches,
    BatchResults,
    JobReader,
    RemoteBatchWork,
    RemoteBatches,
    ModelRegistry,
  ],
  // prettier-ignore
  useFactory: (
    config: Config, analysis: AnalysisKind, evals: EvalKind, documents: DocumentReader,
    files: Files, batches: Batches, results: BatchResults, reader: JobReader, work: RemoteBatchWork, remote: RemoteBatches,
    models: ModelRegistry,
  ): JobKinds =>
    new JobKinds([
      new CompletionJob(),
      analysis,
      evals,
      new DocumentKind(config.documents, documents, new UploadedDocuments(files, config.documents.bytes)),
      new CodeReviewKind(config.codeReview),
      new BatchJob(batchLimits(config), {
        files, batches, results, reader, remote: work,
        ways: { setting: config.batches.passThrough, models, remote, limits: batchLimits(config) },
      }),
    ]),
};
