import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Reviews } from '../../features/audit';
import { listOf } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { OpenQuery } from './filter-schema';
import { Finding, reviewView, ReviewView } from './review-schema';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('auditor', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/audit/reviews')
export class ReviewsController {
  constructor(private readonly reviews: Reviews) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The reviews that break-glasses owe, newest first' })
  @ApiOkResponse({ standardSchema: listOf(ReviewView) })
  async list(@Req() request: CallerRequest, @Query({ schema: OpenQuery }) { status, ...page }: OpenQuery) {
    const { items, next } = await this.reviews.list(callerOf(request), { ...page, open: status === 'open' });
    return { data: items.map(reviewView), next_cursor: next };
  }

  @Post(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Close a review with a finding, as a second person' })
  @ApiOkResponse({ standardSchema: ReviewView })
  async close(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: Finding }) { finding }: z.output<typeof Finding>,
  ) {
    return reviewView(await this.reviews.close(callerOf(request), id, finding));
  }
}
