import { Controller, Get, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GatewayError } from '../../contract/errors';
import { isUuid } from '../../contract/ids';
import { Acts } from '../../features/audit';
import { Deliveries, type Delivery } from '../../features/jobs';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { OwnJobs } from './own-jobs.service';
import { DeliveryList, DeliveryView } from './webhook-schema';

/** What became of telling somebody of the end of a job. */
@ApiTags('jobs')
@ApiBearerAuth()
@Allow('client', 'operator', 'admin')
@Controller('v1/jobs/:id/deliveries')
export class DeliveriesController {
  constructor(
    private readonly jobs: OwnJobs,
    private readonly deliveries: Deliveries,
    private readonly acts: Acts,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'The webhooks of a job, newest first: every try, what came of it, and when the next one is',
  })
  @ApiOkResponse({ standardSchema: DeliveryList })
  async list(@Req() request: CallerRequest, @Param('id') id: string) {
    const job = await this.jobs.find(callerOf(request), id);
    return { data: (await this.deliveries.ofJob(job.id)).map((delivery) => viewOf(job.id, delivery)) };
  }

  @Post(':delivery/redeliver')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a webhook once more, now, under the same `webhook-id`; on record before it is done' })
  @ApiAcceptedResponse({ standardSchema: DeliveryView })
  async redeliver(@Req() request: CallerRequest, @Param('id') id: string, @Param('delivery') delivery: string) {
    const caller = callerOf(request);
    const job = await this.jobs.find(caller, id);
    if (!isUuid(delivery)) throw unknown();
    const act = {
      event: 'webhook.redeliver',
      tenant: job.tenantId,
      metadata: { target: delivery, job: job.id },
    } as const;
    await this.acts.perform(caller, act, async () => {
      const became = await this.deliveries.again(job.id, delivery);
      if (became === 'unknown') throw unknown();
      if (became === 'under-way') throw new GatewayError('conflict', 'The webhook is under way at this moment');
    });
    const found = (await this.deliveries.ofJob(job.id)).find((one) => one.id === delivery);
    if (!found) throw unknown();
    return viewOf(job.id, found);
  }
}

function unknown(): GatewayError {
  return new GatewayError('not_found', 'There is no such delivery');
}

function viewOf(jobId: string, delivery: Delivery): DeliveryView {
  const { id, event, status, origin, createdAt, finishedAt, nextAt, underWay, tries, triesMade } = delivery;
  return {
    id,
    event,
    status,
    origin,
    created_at: createdAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    next_try_at: nextAt?.toISOString() ?? null,
    under_way: underWay,
    attempts: triesMade,
    tries: tries.map(({ at, ms, status: answered, failure }) => ({
      at: at.toISOString(),
      duration_ms: ms,
      status: answered ?? null,
      failure: failure ?? null,
    })),
    links: { redeliver: `/v1/jobs/${jobId}/deliveries/${id}/redeliver` },
  };
}
