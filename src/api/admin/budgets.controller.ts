import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, UsePipes } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { z } from 'zod';
import { GatewayError } from '../../contract/errors';
import { uuidv7 } from '../../contract/ids';
import { usdText } from '../../contract/money';
import { invalid } from '../../dialects/fields';
import { Acts, tenantAsked } from '../../features/audit';
import { type Budget, Budgets, type BudgetTerms } from '../../features/budgets';
import { ModelRegistry } from '../../features/models';
import { Allow } from '../guards/access';
import { callerOf, type CallerRequest } from '../guards/caller-request';
import {
  actionOf,
  BudgetChange,
  BudgetQuery,
  budgetView,
  BudgetView,
  NEVER_ROOM,
  NewBudget,
  periodOf,
} from './budget-schema';
import { BudgetScopes } from './budget-scopes.service';
import { listOf } from './list-schema';
import { ValidPipe } from './valid.pipe';

@ApiTags('budgets')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/budgets')
export class BudgetsController {
  constructor(
    private readonly budgets: Budgets,
    private readonly scopes: BudgetScopes,
    private readonly models: ModelRegistry,
    private readonly acts: Acts,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Limit what a tenant, key, end user or tag may spend; on record before it takes effect' })
  @ApiCreatedResponse({ standardSchema: BudgetView })
  async create(@Req() request: CallerRequest, @Body({ schema: NewBudget }) body: NewBudget) {
    const actor = callerOf(request);
    this.checkTarget(body.downgrade_to);
    const budget: Budget = {
      id: uuidv7(),
      ...(await this.scopes.of(actor, body.scope)),
      period: periodOf(body.period),
      limit: body.limit_usd,
      hard: body.hard,
      action: actionOf(body),
      soft: body.soft,
      createdAt: new Date(),
      createdBy: actor.keyId,
    };
    const { id, tenantId, scope } = budget;
    const act = {
      event: 'budget.create',
      tenant: tenantId,
      metadata: { target: id, scope, ...recorded(budget) },
      payload: { ...body, limit_usd: usdText(body.limit_usd) },
    } as const;
    return budgetView(await this.acts.perform(actor, act, () => this.budgets.create(budget)));
  }

  @Get()
  @ApiOperation({ summary: 'List budgets, newest first, with what is spent and held' })
  @ApiOkResponse({ standardSchema: listOf(BudgetView) })
  async list(@Req() request: CallerRequest, @Query({ schema: BudgetQuery }) query: z.output<typeof BudgetQuery>) {
    const tenant = tenantAsked(callerOf(request), query.tenant);
    const { items, next } = await this.budgets.list(tenant, query.cursor, query.limit);
    return { data: items.map(budgetView), next_cursor: next };
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Show a budget with what is spent by every call that has ended, and held for those under way',
  })
  @ApiOkResponse({ standardSchema: BudgetView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    return budgetView(await this.budgets.shown(await this.budgets.find(callerOf(request), id)));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change the terms of a budget; whose calls it counts and its period stay' })
  @ApiOkResponse({ standardSchema: BudgetView })
  async change(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: BudgetChange }) change: BudgetChange,
  ) {
    const actor = callerOf(request);
    const budget = await this.budgets.find(actor, id);
    this.checkTarget(change.downgrade_to);
    if (change.action === 'queue' && budget.period === 'total') throw invalid('action', NEVER_ROOM);
    const { limit_usd: limit, action, hard, soft } = change;
    const terms: Partial<BudgetTerms> = {
      ...(limit !== undefined && { limit }),
      ...(action !== undefined && { action: actionOf({ ...change, action }) }),
      ...(hard !== undefined && { hard }),
      ...(soft !== undefined && { soft }),
    };
    const act = {
      event: 'budget.change',
      tenant: budget.tenantId,
      metadata: { target: budget.id, ...recorded({ ...budget, ...terms }), replaces_limit_usd: usdText(budget.limit) },
    } as const;
    return budgetView(await this.acts.perform(actor, act, () => this.budgets.change(budget, terms)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a budget; what was spent stays in the ledger' })
  @ApiNoContentResponse()
  async delete(@Req() request: CallerRequest, @Param('id') id: string): Promise<void> {
    const actor = callerOf(request);
    const budget = await this.budgets.find(actor, id);
    const act = { event: 'budget.delete', tenant: budget.tenantId, metadata: { target: budget.id } } as const;
    await this.acts.perform(actor, act, () => this.budgets.delete(budget.id));
  }

  /** @throws GatewayError `model_not_found`, `invalid_request`: it could never take the place of another */
  private checkTarget(name: string | undefined): void {
    if (name === undefined) return;
    try {
      this.models.resolve(name, 'chat');
    } catch (error) {
      const { code, message, facts } = GatewayError.from(error);
      throw new GatewayError(code, message, { ...facts, param: 'downgrade_to' });
    }
  }
}

/** What the record says of a budget beside its id. */
function recorded({ limit, hard, action, soft }: BudgetTerms) {
  return { limit_usd: usdText(limit), hard, action: action.kind, soft };
}
