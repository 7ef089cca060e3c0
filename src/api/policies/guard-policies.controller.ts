import { Body, Controller, Get, Header, Put, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Acts } from '../../features/audit';
import { GuardSettings } from '../../features/sanitization';
import { type Tenant, Tenants } from '../../features/tenancy';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import {
  GuardPolicyHistory,
  GuardPolicyView,
  HistoryQuery,
  historyView,
  NewGuardPolicy,
  policyView,
  TenantQuery,
} from './guard-policy-schema';

@ApiTags('policies')
@ApiBearerAuth()
@Controller('v1/policies/guards')
@UsePipes(ValidPipe)
export class GuardPoliciesController {
  constructor(
    private readonly settings: GuardSettings,
    private readonly tenants: Tenants,
    private readonly acts: Acts,
  ) {}

  @Get()
  @Allow('auditor', 'operator', 'admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What is done about personal data and hostile text of a tenant' })
  @ApiOkResponse({ standardSchema: GuardPolicyView })
  async show(@Req() request: CallerRequest, @Query({ schema: TenantQuery }) query: TenantQuery) {
    const tenant = await this.tenantOf(request, query);
    const { set, held } = await this.settings.find(tenant);
    return policyView(tenant.id, set, held);
  }

  @Put()
  @Allow('admin')
  @ApiOperation({ summary: 'Set it; every version is kept, and the change is on record before it takes effect' })
  @ApiOkResponse({ standardSchema: GuardPolicyView })
  async set(
    @Req() request: CallerRequest,
    @Query({ schema: TenantQuery }) query: TenantQuery,
    @Body({ schema: NewGuardPolicy }) { policy, version }: NewGuardPolicy,
  ) {
    const actor = callerOf(request);
    const tenant = await this.tenantOf(request, query);
    this.settings.check(policy);
    const act = {
      event: 'policy.change',
      tenant: tenant.id,
      metadata: { target: 'guards', replaces: version },
      payload: { policy },
    } as const;
    const held = await this.acts.perform(actor, act, () => this.settings.set(tenant, policy, version, actor.keyId));
    return policyView(tenant.id, policy, held);
  }

  @Get('versions')
  @Allow('auditor', 'operator', 'admin')
  @ApiOperation({ summary: 'Every version that was ever set, newest first' })
  @ApiOkResponse({ standardSchema: GuardPolicyHistory })
  async history(@Req() request: CallerRequest, @Query({ schema: HistoryQuery }) query: HistoryQuery) {
    const { limit, cursor } = query;
    const tenant = await this.tenantOf(request, query);
    return historyView(await this.settings.history(tenant.id, cursor, limit + 1), limit);
  }

  private tenantOf(request: CallerRequest, { tenant }: TenantQuery): Promise<Tenant> {
    const caller = callerOf(request);
    return this.tenants.find(caller, tenant ?? caller.tenantId);
  }
}
