import { Body, Controller, Header, HttpCode, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { GatewayError } from '../../contract/errors';
import { tenantAsked } from '../../features/audit';
import { Projector, readExport, reconcile, UsageReports } from '../../features/cost';
import { Config } from '../../platform/config/config';
import { NoQuery } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { ReconcileBody, ReconciledView } from './reconcile-schema';
import { reconciledView } from './reconcile-view';

@ApiTags('usage')
@ApiBearerAuth()
@Allow('operator')
@UsePipes(ValidPipe)
@Controller('v1/usage/reconcile')
export class ReconcileController {
  constructor(
    private readonly config: Config,
    private readonly projector: Projector,
    private readonly reports: UsageReports,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: "Hold a provider's usage or cost export against the ledger: drift by day and model, and what is missing",
  })
  @ApiOkResponse({ standardSchema: ReconciledView })
  async reconcile(
    @Req() request: CallerRequest,
    @Query({ schema: NoQuery }) _query: NoQuery,
    @Body({ schema: ReconcileBody }) body: ReconcileBody,
  ): Promise<z.output<typeof ReconciledView>> {
    const { provider, format, rows, csv } = body;
    const tenant = tenantAsked(callerOf(request), body.tenant);
    const theirs = readExport(format, csv ?? rows ?? []);
    await this.projector.catchUp();
    const found = await reconcile(this.reports, { provider, tenant }, theirs, body.tolerance_percent);
    const isKnown = found.days.total.ours !== undefined || this.config.providers.some(({ name }) => name === provider);
    if (!isKnown)
      throw new GatewayError(
        'invalid_request',
        'provider: no provider of the configuration or the ledger has that name',
        {
          param: 'provider',
        },
      );
    return reconciledView(body, found);
  }
}
