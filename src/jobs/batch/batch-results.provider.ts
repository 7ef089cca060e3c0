import { Batches } from '../../features/batches';
import { Files } from '../../features/files';
import { JobReader } from '../../features/jobs';
import { Config } from '../../platform/config/config';
import { batchLimits } from './batch-limits';
import { BatchResults } from './batch-results';

export const BATCH_RESULTS = {
  provide: BatchResults,
  inject: [Files, Batches, JobReader, Config],
  useFactory: (files: Files, batches: Batches, reader: JobReader, config: Config): BatchResults =>
    new BatchResults(files, batches, reader, batchLimits(config)),
};
