import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
  UsePipes,
} from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { GatewayError } from '../../contract/errors';
import type { Json } from '../../contract/json';
import { Backlogs, JobReader, JobSubmissions } from '../../features/jobs';
import { JobIntake } from '../../jobs';
import { ValidPipe } from '../admin/valid.pipe';
import { intentOf, lastingIntent } from '../door/caller-intent';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { JobChange, JobPage, JobQuery, JobView, NewJob, TakenJob } from './job-schema';
import { linksOf, summaryOf, viewOf } from './job-views';
import { OwnJobs } from './own-jobs.service';

@ApiTags('jobs')
@ApiBearerAuth()
@Allow('client', 'operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/jobs')
export class JobsController {
  constructor(
    private readonly intake: JobIntake,
    private readonly jobs: OwnJobs,
    private readonly reader: JobReader,
    private readonly submissions: JobSubmissions,
    private readonly backlogs: Backlogs,
  ) {}

  @Post()
  @Allow('client')
  @HttpCode(202)
  @ApiOperation({ summary: 'Hand in work that is done later; `idempotency-key` makes repeating it safe' })
  @ApiAcceptedResponse({ standardSchema: TakenJob })
  async submit(
    @Req() request: CallerRequest,
    @Body({ schema: NewJob }) body: NewJob,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const intent = intentOf(request.headers, {}, undefined);
    const { type, input, priority, run_at: runAt, ttl_seconds: ttlSeconds, webhook } = body;
    const { job, repeated } = await this.intake.submit(callerOf(request), {
      type,
      // it was read from a body of JSON
      input: input as Json,
      priority,
      runAt: runAt === undefined ? undefined : new Date(runAt),
      ttlSeconds,
      idempotencyKey: intent.idempotencyKey,
      ...lastingIntent(intent),
      ...(intent.traceparent !== undefined && { traceparent: intent.traceparent }),
      ...(webhook && { webhook }),
    });
    const links = linksOf(job);
    void reply.header('location', links.self);
    if (repeated) void reply.header('idempotent-replayed', 'true');
    return { job_id: job.id, status: job.status, links };
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List jobs, newest first: your key’s own, or your tenant’s for operators' })
  @ApiOkResponse({ standardSchema: JobPage })
  async list(@Req() request: CallerRequest, @Query({ schema: JobQuery }) query: JobQuery) {
    const found = await this.jobs.list(callerOf(request), query);
    const page = found.slice(0, query.limit);
    return { data: page.map(summaryOf), next_cursor: found.length > query.limit ? (page.at(-1)?.id ?? null) : null };
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Show a job: where it stands, what it has given so far, and what it ended with' })
  @ApiOkResponse({ standardSchema: JobView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    const caller = callerOf(request);
    await this.jobs.find(caller, id);
    return this.viewed(request, id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change the priority of a job that has not begun' })
  @ApiOkResponse({ standardSchema: JobView })
  async change(@Req() request: CallerRequest, @Param('id') id: string, @Body({ schema: JobChange }) body: JobChange) {
    const job = await this.jobs.find(callerOf(request), id);
    if (!(await this.submissions.prioritise(job.id, body.priority)))
      throw new GatewayError('conflict', `A job that is ${job.status} has no priority any more`);
    return this.viewed(request, id);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Cancel a job; the call that it makes is cut. One that has ended stays as it is' })
  @ApiOkResponse({ standardSchema: JobView })
  async cancel(@Req() request: CallerRequest, @Param('id') id: string) {
    const caller = callerOf(request);
    await this.intake.cancel(caller, await this.jobs.find(caller, id));
    return this.viewed(request, id);
  }

  @Post(':id/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Try a job once more that ended without a result; what its steps gave is kept' })
  @ApiAcceptedResponse({ standardSchema: TakenJob })
  async retry(@Req() request: CallerRequest, @Param('id') id: string) {
    const caller = callerOf(request);
    const job = await this.intake.retry(caller, await this.jobs.find(caller, id));
    return { job_id: job.id, status: job.status, links: linksOf(job) };
  }

  private async viewed(request: CallerRequest, id: string) {
    const [job, backlog] = await Promise.all([this.reader.full(id), this.backlogs.now().catch(() => undefined)]);
    if (!job) throw new GatewayError('not_found', 'There is no such job');
    return viewOf(job, callerOf(request), backlog);
  }
}
