import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GatewayError } from '../../contract/errors';
import { type CallView, RecordedCalls, tenantRead } from '../../features/audit';
import { EarlierRecords, type RequestView } from '../../features/records';
import { isRequestId } from '../door/caller-intent';
import { Allow, callerOf, type CallerRequest } from '../guards';

@ApiTags('requests')
@ApiBearerAuth()
@Controller('v1/requests')
@Allow('client', 'operator', 'auditor', 'admin')
export class RequestsController {
  constructor(
    private readonly calls: RecordedCalls,
    private readonly earlier: EarlierRecords,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'Explain one call: what was asked of whom, what it took, how it ended' })
  async show(@Req() request: CallerRequest, @Param('id') id: string): Promise<CallView | RequestView> {
    const caller = callerOf(request);
    const found = isRequestId(id)
      ? ((await this.calls.find(caller, id)) ?? (await this.earlier.find(id, tenantRead(caller))))
      : undefined;
    if (!found) throw new GatewayError('not_found', 'There is no call with that request id');
    return found;
  }
}
