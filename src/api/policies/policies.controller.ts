import { Controller, Get, Header, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { EffectivePolicies } from './effective-policies.service';
import { EffectiveQuery, EffectiveView } from './effective-schema';

@ApiTags('operations')
@ApiBearerAuth()
@Controller('v1/policies')
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
export class PoliciesController {
  constructor(private readonly policies: EffectivePolicies) {}

  @Get('effective')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Which controls really run for a key and a model, and who says so' })
  @ApiOkResponse({ standardSchema: EffectiveView })
  show(
    @Req() request: CallerRequest,
    @Query({ schema: EffectiveQuery }) query: EffectiveQuery,
  ): Promise<EffectiveView> {
    return this.policies.show(callerOf(request), query);
  }
}
