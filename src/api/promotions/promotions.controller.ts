import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { type Promotion, Promotions } from '../../features/promotions';
import { PromotionDesk } from '../../jobs';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { Decision, NewPromotion, PromotionPage, PromotionQuery, PromotionView } from './promotion-schema';
import { promotionView, summaryView } from './promotion-views';

@ApiTags('promotions')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/promotions')
export class PromotionsController {
  constructor(
    private readonly desk: PromotionDesk,
    private readonly promotions: Promotions,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Put a model on its way behind an alias: evals, approval, canary, all or back' })
  @ApiAcceptedResponse({ standardSchema: PromotionView })
  async request(@Req() request: CallerRequest, @Body({ schema: NewPromotion }) body: NewPromotion) {
    const { alias, candidate, suite, ...plan } = body;
    return this.shown(await this.desk.request(rootCaller(request), { alias, candidate, suite, plan }));
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Promotions, newest first' })
  @ApiOkResponse({ standardSchema: PromotionPage })
  async list(@Req() request: CallerRequest, @Query({ schema: PromotionQuery }) { cursor, limit }: PromotionQuery) {
    rootCaller(request);
    const found = await this.promotions.list(cursor, limit + 1);
    const page = found.slice(0, limit);
    return { data: page.map(summaryView), next_cursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Where a promotion stands, what its eval and its canary found, and how it came there' })
  @ApiOkResponse({ standardSchema: PromotionView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    rootCaller(request);
    return this.shown(await this.desk.find(id));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Agree, as a second person: the canary begins' })
  @ApiOkResponse({ standardSchema: PromotionView })
  async approve(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: Decision }) { comment }: Decision,
  ) {
    return this.shown(await this.desk.approve(rootCaller(request), id, comment));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @ApiOperation({ summary: 'Disagree' })
  @ApiOkResponse({ standardSchema: PromotionView })
  async reject(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: Decision }) { comment }: Decision,
  ) {
    return this.shown(await this.desk.reject(rootCaller(request), id, comment));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop it, wherever it is under way' })
  @ApiOkResponse({ standardSchema: PromotionView })
  async cancel(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: Decision }) { comment }: Decision,
  ) {
    return this.shown(await this.desk.cancel(rootCaller(request), id, comment));
  }

  @Post(':id/rollback')
  @HttpCode(200)
  @ApiOperation({ summary: 'End a canary, or let the alias stand again for what it stood for' })
  @ApiOkResponse({ standardSchema: PromotionView })
  async rollBack(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: Decision }) { comment }: Decision,
  ) {
    return this.shown(await this.desk.rollBack(rootCaller(request), id, comment));
  }

  private async shown(promotion: Promotion) {
    return promotionView(promotion, await this.promotions.steps(promotion.id));
  }
}

/** Aliases are about every tenant. @throws GatewayError `forbidden` */
function rootCaller(request: CallerRequest): Caller {
  const caller = callerOf(request);
  if (caller.root) return caller;
  throw new GatewayError('forbidden', 'Aliases hold for every tenant: a promotion needs a key of the root tenant');
}
