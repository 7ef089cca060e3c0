import { Controller, Delete, HttpCode, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { PastAnswers } from '../../features/answers';
import { Acts } from '../../features/audit';
import { Tenants } from '../../features/tenancy';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { Purged, purgeOf, PurgeQuery } from './cache-schema';

@ApiTags('cache')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/cache')
export class CacheController {
  constructor(
    private readonly answers: PastAnswers,
    private readonly tenants: Tenants,
    private readonly acts: Acts,
  ) {}

  @Delete()
  @HttpCode(200)
  @ApiOperation({ summary: 'Remove kept answers of a tenant: all, or those of a user, a model, a tag or an API key' })
  @ApiOkResponse({ standardSchema: Purged })
  async purge(
    @Req() request: CallerRequest,
    @Query({ schema: PurgeQuery }) query: PurgeQuery,
  ): Promise<z.output<typeof Purged>> {
    const actor = callerOf(request);
    const tenant = await this.tenants.find(actor, query.tenant ?? actor.tenantId);
    const asked = purgeOf(query, tenant.id);
    const { kind, name } = asked.by ?? {};
    const purged = await this.acts.perform(
      actor,
      {
        event: 'cache.purge',
        tenant: tenant.id,
        metadata: { target: kind ?? 'tenant' },
        // a tag may be anything; a person is not named at all, for who asks for this may want to be forgotten
        ...(kind && kind !== 'user' && { payload: { [kind]: name } }),
      },
      () => this.answers.purge(asked),
    );
    return { purged };
  }
}
