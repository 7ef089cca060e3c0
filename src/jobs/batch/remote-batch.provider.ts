import { Batches } from '../../features/batches';
import { JobClaims, JobReader } from '../../features/jobs';
import { RemoteBatches } from '../../pipeline';
import { Config } from '../../platform/config/config';
import { batchLimits } from './batch-limits';
import { RemoteBatchWork } from './remote-batch';

export const REMOTE_BATCH_WORK = {
  provide: RemoteBatchWork,
  inject: [Batches, JobReader, JobClaims, RemoteBatches, Config],
  useFactory: (
    batches: Batches,
    reader: JobReader,
    claims: JobClaims,
    remote: RemoteBatches,
    config: Config,
  ): RemoteBatchWork =>
    new RemoteBatchWork({ batches, reader, claims, remote, limits: batchLimits(config), settings: config.batches }),
};
