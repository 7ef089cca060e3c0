import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Json } from '../../contract/json';
import { invalid } from '../../dialects/fields';
import { BatchBody, hoursOf } from '../../features/batches';
import { JobIntake } from '../../jobs';
import { ValidPipe } from '../admin/valid.pipe';
import { intentOf, lastingIntent } from '../door/caller-intent';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { BatchPage, BatchQuery, BatchView } from './batch-schema';
import { OwnBatches } from './own-batches.service';

const HOUR_SECONDS = 3_600;

/** OpenAI's Batches: what its SDK sends and expects. A batch is a job. */
@ApiTags('batches')
@ApiBearerAuth()
@UsePipes(ValidPipe)
@Controller('v1/batches')
@Allow('client')
export class BatchesController {
  constructor(
    private readonly intake: JobIntake,
    private readonly batches: OwnBatches,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Hand in a file of calls that are made later; `idempotency-key` makes repeating it safe' })
  @ApiOkResponse({ standardSchema: BatchView })
  async create(@Req() request: CallerRequest, @Body({ schema: BatchBody }) body: BatchBody) {
    const intent = intentOf(request.headers, {}, undefined);
    const { job } = await this.intake.submit(callerOf(request), {
      type: 'batch',
      input: asked(body, request.headers) as Json,
      priority: 0,
      ttlSeconds: hoursOf(body.completion_window) * HOUR_SECONDS,
      idempotencyKey: intent.idempotencyKey,
      ...lastingIntent(intent),
    });
    return this.batches.view(job);
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List batches, newest first' })
  @ApiOkResponse({ standardSchema: BatchPage })
  async list(@Req() request: CallerRequest, @Query({ schema: BatchQuery }) query: BatchQuery) {
    const { data, hasMore } = await this.batches.list(callerOf(request).tenantId, query);
    const [first, last] = [data[0]?.id ?? null, data.at(-1)?.id ?? null];
    return { object: 'list', data, first_id: first, last_id: last, has_more: hasMore };
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Show a batch: how far it is, and the files that it left' })
  @ApiOkResponse({ standardSchema: BatchView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    return this.batches.view(await this.batches.find(callerOf(request).tenantId, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop a batch; what was done is in its files soon after' })
  @ApiOkResponse({ standardSchema: BatchView })
  async cancel(@Req() request: CallerRequest, @Param('id') id: string) {
    const caller = callerOf(request);
    return this.batches.view(await this.intake.cancel(caller, await this.batches.find(caller.tenantId, id)));
  }
}

/** What a header says of it counts where its body does not say it. */
function asked(body: BatchBody, { 'x-gatehouse-pass-through': said }: CallerRequest['headers']): BatchBody {
  if (said === undefined) return body;
  if (said !== 'true' && said !== 'false') throw invalid('x-gatehouse-pass-through', 'must be true or false');
  return { ...body, gatehouse: { pass_through: said === 'true', ...body.gatehouse } };
}
