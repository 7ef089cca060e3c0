import { Controller, Get, Header, Headers, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { ChargebackQuery, ForecastView, UsageFilters, UsagePage, UsageQuery } from './usage-schema';
import { Usage } from './usage.service';

const CSV = 'text/csv; charset=utf-8; header=present';

@ApiTags('usage')
@ApiBearerAuth()
@Allow('operator')
@UsePipes(ValidPipe)
@Controller('v1/usage')
export class UsageController {
  constructor(private readonly usage: Usage) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What was used and what it cost, by whatever it is grouped by; up to the call before' })
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ standardSchema: UsagePage })
  async report(
    @Req() request: CallerRequest,
    @Query({ schema: UsageQuery }) query: UsageQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = query.format ?? (accept?.includes('text/csv') ? 'csv' : 'json');
    if (asked === 'json') return this.usage.page(callerOf(request), query);
    const text = await this.usage.csv(callerOf(request), query);
    return attached(reply, 'gatehouse-usage.csv', text);
  }

  @Get('forecast')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What this month has cost so far, how that is changing, and what it will have cost' })
  @ApiOkResponse({ standardSchema: ForecastView })
  forecast(@Req() request: CallerRequest, @Query({ schema: UsageFilters }) filters: UsageFilters) {
    return this.usage.forecast(callerOf(request), filters);
  }

  @Get('chargeback')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A month for those who pay: each key and its tags, the sum of each tenant, and of all' })
  @ApiProduces('text/csv')
  async chargeback(
    @Req() request: CallerRequest,
    @Query({ schema: ChargebackQuery }) query: ChargebackQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { month, text } = await this.usage.chargeback(callerOf(request), query);
    return attached(reply, `gatehouse-chargeback-${month}.csv`, text);
  }
}

function attached(reply: FastifyReply, name: string, text: string): string {
  void reply.headers({ 'content-type': CSV, 'content-disposition': `attachment; filename="${name}"` });
  return text;
}
