import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../contract/errors';
import { BATCH_PREFIX, uuidOf } from '../../contract/public-ids';
import { BatchBody, Batches, type BatchState } from '../../features/batches';
import { type JobFacts, JobReader } from '../../features/jobs';
import type { BatchQuery, BatchView } from './batch-schema';
import { batchView } from './batch-view';

/** The batches of a tenant, as its files: whichever of its keys handed them in. */
@Injectable()
export class OwnBatches {
  constructor(
    private readonly reader: JobReader,
    private readonly batches: Batches,
  ) {}

  /** @throws GatewayError `not_found` also when it is somebody else's */
  async find(tenantId: string, id: string): Promise<JobFacts> {
    const uuid = uuidOf(BATCH_PREFIX, id);
    const job = uuid === undefined ? undefined : await this.reader.find(uuid);
    if (job?.tenantId === tenantId && job.type === 'batch') return job;
    throw new GatewayError('not_found', 'There is no such batch', { param: 'id' });
  }

  async view(job: JobFacts): Promise<BatchView> {
    const view = await this.viewed(job, (await this.batches.find([job.id])).get(job.id));
    if (view) return view;
    throw new GatewayError('not_found', 'There is no such batch', { param: 'id' });
  }

  /** Newest first. */
  async list(tenantId: string, { after, limit }: BatchQuery): Promise<{ data: BatchView[]; hasMore: boolean }> {
    const before = after === undefined ? undefined : uuidOf(BATCH_PREFIX, after);
    if (after !== undefined && before === undefined)
      throw new GatewayError('invalid_request', 'after: must be the id of a batch', { param: 'after' });
    const jobs = await this.reader.list({ tenantId, type: 'batch' }, before, limit + 1);
    const page = jobs.slice(0, limit);
    const states = await this.batches.find(page.map(({ id }) => id));
    const data: BatchView[] = [];
    // one after the other: a page is no reason to take every connection
    for (const job of page) {
      const view = await this.viewed(job, states.get(job.id));
      if (view) data.push(view);
    }
    return { data, hasMore: jobs.length > limit };
  }

  /** Undefined when it was removed meanwhile. */
  private async viewed({ id }: JobFacts, state: BatchState | undefined): Promise<BatchView | undefined> {
    const [job, handedIn] = await Promise.all([this.reader.full(id), this.reader.submissionOf(id)]);
    return job && handedIn && batchView(job, BatchBody.parse(handedIn.submission.input), state);
  }
}
