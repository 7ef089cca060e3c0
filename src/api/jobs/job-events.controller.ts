import { Controller, Get, Headers, Param, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { GatewayError } from '../../contract/errors';
import { FINAL, JobFeed } from '../../features/jobs';
import { Config } from '../../platform/config/config';
import { clientSignal } from '../door/client-signal';
import { IterableReadable } from '../door/iterable-readable';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { eventFrames } from './event-frames';
import { OwnJobs } from './own-jobs.service';

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // nginx and its kin would hold a stream back
  'x-accel-buffering': 'no',
};

/** A job as it goes on. */
@ApiTags('jobs')
@ApiBearerAuth()
@Allow('client', 'operator', 'admin')
@Controller('v1/jobs/:id/events')
export class JobEventsController {
  constructor(
    private readonly config: Config,
    private readonly jobs: OwnJobs,
    private readonly feed: JobFeed,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What happens to a job, as it happens; `last-event-id` takes up where a connection was lost',
  })
  @ApiProduces('text/event-stream')
  async follow(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Headers('last-event-id') last: string | undefined,
    @Res() response: FastifyReply,
  ): Promise<void> {
    const caller = callerOf(request);
    const job = await this.jobs.find(caller, id);
    const after = seenOf(last);
    // an event source that has heard the end must not come again for ever
    if (FINAL.has(job.status) && after >= job.seq) return void (await response.code(204).send());
    if (this.feed.size >= this.config.jobs.streams)
      throw new GatewayError('overloaded', `${this.feed.size} callers watch jobs already`, { retryAfter: 5 });
    const withContent = job.keyId === caller.keyId;
    const events = this.feed.follow(job.id, after, clientSignal(response.raw));
    response.headers(SSE_HEADERS);
    await response.send(new IterableReadable(eventFrames(events, job.id, withContent)));
  }
}

/** @throws GatewayError `invalid_request` when it is no id of an event */
function seenOf(last: string | undefined): number {
  if (last === undefined || last === '') return 0;
  if (/^\d{1,15}$/.test(last)) return Number(last);
  throw new GatewayError('invalid_request', 'last-event-id must be the id of an event', { param: 'last-event-id' });
}
