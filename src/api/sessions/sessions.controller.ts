import { Controller, Get, Header, Param, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GatewayError } from '../../contract/errors';
import { RecordedSessions, tenantRead } from '../../features/audit';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { SessionView, TurnsQuery } from './session-schema';

/** As long as `x-session-id` may be. */
const MAX_ID = 256;

@ApiTags('sessions')
@ApiBearerAuth()
@UsePipes(ValidPipe)
@Controller('v1/sessions')
@Allow('client', 'operator', 'auditor', 'admin')
export class SessionsController {
  constructor(private readonly sessions: RecordedSessions) {}

  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The calls made under an x-session-id, in order: what they used, cost and came to' })
  @ApiOkResponse({ standardSchema: SessionView })
  async show(@Req() request: CallerRequest, @Param('id') id: string, @Query({ schema: TurnsQuery }) query: TurnsQuery) {
    const caller = callerOf(request);
    const tenant = tenantRead(caller, query.tenant ?? caller.tenantId) ?? caller.tenantId;
    const page =
      id.length > MAX_ID
        ? undefined
        : await this.sessions.turns(caller, tenant, id, Number(query.cursor ?? 0), query.limit);
    if (!page || (!page.turns.length && query.cursor === undefined))
      throw new GatewayError('not_found', 'There is no session with that id');
    const { session_ref, turns, next } = page;
    return { session_ref, data: turns, next_cursor: next === undefined ? null : String(next) };
  }
}
