import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Req, UsePipes } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Holds, Persons, tenantAsked } from '../../features/audit';
import { Tenants } from '../../features/tenancy';
import { listOf, NoQuery } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { OpenQuery } from './filter-schema';
import { holdView, HoldView, NewHold } from './hold-schema';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('admin')
@UsePipes(ValidPipe)
@Controller('v1/audit/holds')
export class HoldsController {
  constructor(
    private readonly holds: Holds,
    private readonly persons: Persons,
    private readonly tenants: Tenants,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Place a legal hold: nothing under it is dropped or shredded' })
  @ApiCreatedResponse({ standardSchema: HoldView })
  async place(
    @Req() request: CallerRequest,
    @Query({ schema: NoQuery }) _query: NoQuery,
    @Body({ schema: NewHold }) { scope, reason }: NewHold,
  ) {
    const caller = callerOf(request);
    const named = scope.user !== undefined;
    const tenant = tenantAsked(caller, scope.tenant) ?? (named ? caller.tenantId : undefined);
    // a hold on somebody who is not known would hold nothing, silently
    if (scope.tenant !== undefined) await this.tenants.find(caller, scope.tenant);
    const subject = scope.user === undefined ? undefined : await this.persons.known(tenant, scope.user);
    const moment = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
    const asked = { tenant, subject, requestIds: scope.request_ids, from: moment(scope.from), to: moment(scope.to) };
    return holdView(await this.holds.place(caller, asked, reason));
  }

  @Get()
  @Allow('admin', 'auditor')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List legal holds, newest first' })
  @ApiOkResponse({ standardSchema: listOf(HoldView) })
  async list(@Req() request: CallerRequest, @Query({ schema: OpenQuery }) { status, ...page }: OpenQuery) {
    const { items, next } = await this.holds.list(callerOf(request), { ...page, open: status === 'open' });
    return { data: items.map(holdView), next_cursor: next };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Release a legal hold' })
  @ApiNoContentResponse()
  async release(@Req() request: CallerRequest, @Param('id') id: string): Promise<void> {
    await this.holds.release(callerOf(request), id);
  }
}
