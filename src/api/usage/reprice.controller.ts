import { Body, Controller, Header, HttpCode, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { GatewayError } from '../../contract/errors';
import { isUuid } from '../../contract/ids';
import { usdText } from '../../contract/money';
import { Acts, tenantAsked } from '../../features/audit';
import { type PeriodCursor, Projector, Repricing } from '../../features/cost';
import { NoQuery } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { decodeCursor, encodeCursor, strangeCursor } from './cursor';
import { RepriceBody, RepricedView } from './reprice-schema';

@ApiTags('usage')
@ApiBearerAuth()
@Allow('operator')
@UsePipes(ValidPipe)
@Controller('v1/usage/reprice')
export class RepriceController {
  constructor(
    private readonly acts: Acts,
    private readonly projector: Projector,
    private readonly repricing: Repricing,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: "Price past calls again by today's price book; a few seconds' work, with a cursor to go on",
  })
  @ApiOkResponse({ standardSchema: RepricedView })
  async reprice(
    @Req() request: CallerRequest,
    @Query({ schema: NoQuery }) _query: NoQuery,
    @Body({ schema: RepriceBody }) body: RepriceBody,
  ): Promise<z.output<typeof RepricedView>> {
    const caller = callerOf(request);
    const [from, to] = [new Date(body.from), new Date(body.to)];
    if (!(from < to)) throw new GatewayError('invalid_request', 'to: must be after from', { param: 'to' });
    const tenant = tenantAsked(caller, body.tenant);
    const after = body.cursor === undefined ? undefined : cursorIn(body.cursor);
    await this.projector.catchUp();
    const metadata = {
      from: from.toISOString(),
      to: to.toISOString(),
      all_tenants: tenant === undefined || undefined,
      after: after?.at.toISOString(),
    };
    const { next, ...done } = await this.acts.perform(caller, { event: 'usage.reprice', tenant, metadata }, () =>
      this.repricing.step({ from, to, tenant }, after),
    );
    return {
      done: next === undefined,
      next_cursor: next ? encodeCursor([next.at.toISOString(), next.callId]) : null,
      upto: next?.at.toISOString() ?? null,
      examined: done.examined,
      changed: done.changed,
      difference_usd: usdText(done.difference),
      saved_difference_usd: usdText(done.savedDifference),
      price_version: done.priceVersion,
    };
  }
}

/** @throws GatewayError `invalid_request` */
function cursorIn(text: string): PeriodCursor {
  const [at = '', callId = ''] = decodeCursor(text, 2);
  if (Number.isNaN(Date.parse(at)) || !isUuid(callId)) throw strangeCursor();
  return { at: new Date(at), callId };
}
