import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { GatewayError } from '../../../contract/errors';
import { upgradeOf } from '../../http/upgrades';
import { Allow, callerOf, type CallerRequest } from '../../guards';
import { JobSockets } from './job-sockets.service';

/** Jobs as they go on, any number of them on one connection. */
@ApiTags('jobs')
@ApiBearerAuth()
@Allow('client', 'operator', 'admin')
@Controller('v1/jobs/stream')
export class JobStreamController {
  constructor(private readonly sockets: JobSockets) {}

  @Get()
  @ApiOperation({ summary: 'A WebSocket: subscribe to jobs, and hear what the events of each tell' })
  @ApiResponse({ status: 101, description: 'Messages are JSON: docs/jobs.md' })
  stream(@Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    const upgrade = upgradeOf(request.raw);
    if (!upgrade)
      throw new GatewayError('invalid_request', 'This route is a WebSocket: it needs `upgrade: websocket`', {
        status: 426,
      });
    this.sockets.refuseWhenFull();
    void reply.hijack();
    upgrade.take((connection) => this.sockets.welcome(connection, callerOf(request)));
  }
}
