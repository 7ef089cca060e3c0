import { Controller, Get, Header, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ModelTable, ShadowCalls } from '../../../features/models';
import { ValidPipe } from '../../admin/valid.pipe';
import { Allow, type CallerRequest } from '../../guards';
import { rootCaller } from './root-caller';
import { comparisonView, ShadowQuery, ShadowsView } from './shadow-schema';

const WEEK_MS = 7 * 86_400_000;

@ApiTags('models')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/models/registry/shadows')
export class ShadowsController {
  constructor(
    private readonly table: ModelTable,
    private readonly calls: ShadowCalls,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Which models are sent calls beside the one that answers, and how the two compare' })
  @ApiOkResponse({ standardSchema: ShadowsView })
  async show(@Req() request: CallerRequest, @Query({ schema: ShadowQuery }) { subject, ...asked }: ShadowQuery) {
    rootCaller(request);
    const to = asked.to === undefined ? new Date() : new Date(asked.to);
    const from = asked.from === undefined ? new Date(to.getTime() - WEEK_MS) : new Date(asked.from);
    const data = await this.calls.compare({ from, to, subject });
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      configured: Object.entries(this.table.shadows).map(([name, shadow]) => ({ subject: name, shadow })),
      data: data.map(comparisonView),
    };
  }
}
