import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Approvals } from '../../features/audit';
import { listOf } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { ApprovalView, approvalView, Decision } from './approval-schema';
import { OpenQuery } from './filter-schema';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('auditor', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/audit/approvals')
export class ApprovalsController {
  constructor(private readonly approvals: Approvals) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What somebody must agree to, newest first' })
  @ApiOkResponse({ standardSchema: listOf(ApprovalView) })
  async list(@Req() request: CallerRequest, @Query({ schema: OpenQuery }) { status, ...page }: OpenQuery) {
    const { items, next } = await this.approvals.list(callerOf(request), { ...page, open: status === 'open' });
    return { data: items.map(approvalView), next_cursor: next };
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Agree, as a second person' })
  @ApiOkResponse({ standardSchema: ApprovalView })
  async approve(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: Decision }) { comment }: z.output<typeof Decision>,
  ) {
    return approvalView(await this.approvals.decide(callerOf(request), id, 'approved', comment));
  }

  @Post(':id/deny')
  @HttpCode(200)
  @ApiOperation({ summary: 'Refuse, as a second person' })
  @ApiOkResponse({ standardSchema: ApprovalView })
  async deny(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: Decision }) { comment }: z.output<typeof Decision>,
  ) {
    return approvalView(await this.approvals.decide(callerOf(request), id, 'denied', comment));
  }
}
