import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { StatusView } from './status-schema';
import { Status } from './status.service';

@ApiTags('operations')
@ApiBearerAuth()
@Controller('v1/status')
@Allow('operator', 'admin')
export class StatusController {
  constructor(private readonly status: Status) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What is away, what each control does about it, and the state of this process' })
  @ApiOkResponse({ standardSchema: StatusView })
  show(@Req() request: CallerRequest): Promise<StatusView> {
    return this.status.show(callerOf(request));
  }
}
