import { AnalysisKind } from '../features/analysis';
import { CodeReviewKind } from '../features/code-review';
import { DocumentFiles, DocumentKind, DocumentReader } from '../features/documents';
import { Config } from '../platform/config/config';
import { CompletionJob } from './completion-job';
import { JobKinds } from './job-kinds';

/** To add a kind of job: its class here. */
export const JOB_KINDS = {
  provide: JobKinds,
  // documents that were uploaded can be read wherever somebody keeps them
  inject: [Config, AnalysisKind, DocumentReader, { token: DocumentFiles, optional: true }],
  useFactory: (
    { documents, codeReview }: Config,
    analysis: AnalysisKind,
    reader: DocumentReader,
    files?: DocumentFiles,
  ): JobKinds =>
    new JobKinds([
      new CompletionJob(),
      analysis,
      new DocumentKind(documents, reader, files),
      new CodeReviewKind(codeReview),
    ]),
};
