import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type EvalReport, markdownReport, Suites } from '../../features/evals';
import { EvalRuns } from '../../jobs';
import { ValidPipe } from '../admin/valid.pipe';
import { intentOf } from '../door/caller-intent';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { NewRun, RunPage, RunQuery, RunView, SuiteList, SuiteParam, TakenRun } from './eval-schema';
import { runView, suiteView, summaryView, takenView } from './eval-views';

@ApiTags('evals')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/evals')
export class EvalsController {
  constructor(
    private readonly suites: Suites,
    private readonly runs: EvalRuns,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The suites of config/evals, by name' })
  @ApiOkResponse({ standardSchema: SuiteList })
  list() {
    return { data: this.suites.list().map(suiteView) };
  }

  @Post(':suite/runs')
  @HttpCode(202)
  @ApiOperation({ summary: 'Ask models the cases of a suite; `idempotency-key` makes repeating it safe' })
  @ApiAcceptedResponse({ standardSchema: TakenRun })
  async start(
    @Req() request: CallerRequest,
    @Param('suite', { schema: SuiteParam }) suite: string,
    @Body({ schema: NewRun }) { model, models = model === undefined ? undefined : [model], baseline }: NewRun,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { idempotencyKey } = intentOf(request.headers, {}, undefined);
    const { job, repeated } = await this.runs.start(callerOf(request), { suite, models, baseline, idempotencyKey });
    const taken = takenView(job);
    void reply.header('location', taken.links.self);
    if (repeated) void reply.header('idempotent-replayed', 'true');
    return taken;
  }

  @Get('runs')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Runs of your tenant, newest first' })
  @ApiOkResponse({ standardSchema: RunPage })
  async runsOf(@Req() request: CallerRequest, @Query({ schema: RunQuery }) { cursor, limit }: RunQuery) {
    const found = await this.runs.list(callerOf(request), cursor, limit + 1);
    const page = found.slice(0, limit);
    return { data: page.map(summaryView), next_cursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  @Get('runs/:id')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'A run and its report; with `accept: text/markdown` the report for people, once it is there',
  })
  @ApiOkResponse({ standardSchema: RunView })
  async show(@Req() request: CallerRequest, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const run = await this.runs.find(callerOf(request), id);
    const { result } = run.job;
    if (!result || !request.headers.accept?.includes('text/markdown')) return runView(run);
    void reply.type('text/markdown; charset=utf-8');
    return markdownReport(result as EvalReport);
  }
}
