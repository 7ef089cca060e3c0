import { Body, Controller, Get, Header, HttpCode, Param, Post, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Retention } from '../../features/audit';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { NewPlan, PlanApproval, planView, PlanView, RetentionView } from './retention-schema';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('admin')
@UsePipes(ValidPipe)
@Controller('v1/audit/retention')
export class RetentionController {
  constructor(private readonly retention: Retention) {}

  @Get()
  @Allow('admin', 'auditor')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The months of the log: how large, what holds them, when they may go (root tenant only)' })
  @ApiOkResponse({ standardSchema: RetentionView })
  async show(@Req() request: CallerRequest): Promise<z.output<typeof RetentionView>> {
    const { configured, floor } = this.retention.months;
    const segments = await this.retention.show(callerOf(request));
    return {
      retention_months: configured,
      floor_months: floor,
      segments: segments.map(({ month, first, last, bytes, mayGoFrom, heldBy, status, plan }) => ({
        month,
        first,
        last,
        entries: last - first + 1,
        bytes: bytes ?? null,
        may_go_from: mayGoFrom.toISOString(),
        held_by: [...heldBy],
        status,
        plan,
      })),
    };
  }

  @Post('plans')
  @ApiOperation({ summary: 'Plan to drop a month, as the first officer (root tenant only)' })
  @ApiCreatedResponse({ standardSchema: PlanView })
  async plan(@Req() request: CallerRequest, @Body({ schema: NewPlan }) { month }: z.output<typeof NewPlan>) {
    return planView(await this.retention.plan(callerOf(request), month));
  }

  @Get('plans/:id')
  @Allow('admin', 'auditor')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How far a plan is (root tenant only)' })
  @ApiOkResponse({ standardSchema: PlanView })
  async find(@Req() request: CallerRequest, @Param('id') id: string) {
    return planView(await this.retention.find(callerOf(request), id));
  }

  @Post('plans/:id/approve')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Agree as the second officer: the month is sealed, announced, and dropped (root tenant only)',
  })
  @ApiOkResponse({ standardSchema: PlanView })
  async approve(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: PlanApproval }) { archive = false }: z.output<typeof PlanApproval>,
  ) {
    return planView(await this.retention.approve(callerOf(request), id, archive));
  }
}
