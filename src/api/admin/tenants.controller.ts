import { Body, Controller, Get, Param, Patch, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { uuidv7 } from '../../contract/ids';
import { Acts } from '../../features/audit';
import { Tenants } from '../../features/tenancy';
import { Allow } from '../guards/access';
import { callerOf, type CallerRequest } from '../guards/caller-request';
import { ListQuery, listOf } from './list-schema';
import { NewTenant, TenantChange, tenantView, TenantView } from './tenant-schema';
import { ValidPipe } from './valid.pipe';

@ApiTags('tenants')
@ApiBearerAuth()
@Allow('admin')
@UsePipes(ValidPipe)
@Controller('v1/tenants')
export class TenantsController {
  constructor(
    private readonly tenants: Tenants,
    private readonly acts: Acts,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Make a tenant (root tenant only)' })
  @ApiCreatedResponse({ standardSchema: TenantView })
  async create(@Req() request: CallerRequest, @Body({ schema: NewTenant }) { name }: z.output<typeof NewTenant>) {
    const [actor, id] = [callerOf(request), uuidv7()];
    const act = { event: 'tenant.create', metadata: { target: id }, payload: { name } } as const;
    return tenantView(await this.acts.perform(actor, act, () => this.tenants.create(actor, name, id)));
  }

  @Get()
  @ApiOperation({ summary: 'List tenants, newest first' })
  @ApiOkResponse({ standardSchema: listOf(TenantView) })
  async list(@Req() request: CallerRequest, @Query({ schema: ListQuery }) query: z.output<typeof ListQuery>) {
    const { items, next } = await this.tenants.list(callerOf(request), query);
    return { data: items.map(tenantView), next_cursor: next };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a tenant' })
  @ApiOkResponse({ standardSchema: TenantView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    return tenantView(await this.tenants.find(callerOf(request), id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Rename, disable or enable a tenant (root tenant only)' })
  @ApiOkResponse({ standardSchema: TenantView })
  async change(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body({ schema: TenantChange }) change: z.output<typeof TenantChange>,
  ) {
    const actor = callerOf(request);
    const tenant = (await this.tenants.find(actor, id)).id;
    const { name, disabled } = change;
    const act = {
      event: 'tenant.change',
      tenant,
      metadata: { target: tenant, renamed: name !== undefined, disabled },
      payload: change,
    } as const;
    return tenantView(await this.acts.perform(actor, act, () => this.tenants.change(actor, tenant, change)));
  }
}
