import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { printableJson } from '../../platform/observability/printable-json';
import { Public } from '../guards';
import { DependencyChecks } from './dependency-checks.service';
import { Lifecycle } from '../lifecycle/lifecycle.service';

@ApiTags('operations')
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly checks: DependencyChecks,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** The process runs its event loop. Restart it when this fails. */
  @Get('live')
  @ApiOperation({ summary: 'The process lives' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Send it no calls when this fails: a dependency is away, or it is shutting down. */
  @Get('ready')
  @HealthCheck()
  @ApiOperation({ summary: 'The process can serve calls' })
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    return this.check([() => this.lifecycle.check(), ...this.checks.ready()], reply);
  }

  @Get('startup')
  @HealthCheck()
  @ApiOperation({ summary: 'The process has started' })
  startup(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    return this.check([() => this.lifecycle.check()], reply);
  }

  @Get()
  @HealthCheck()
  @ApiOperation({ summary: 'Every check, none of which spends money' })
  everything(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    return this.check([() => this.lifecycle.check(), ...this.checks.all()], reply);
  }

  /** The same report whether it is good or bad, with 200 or 503. Anybody may read it: what drivers say of errors is scrubbed. */
  private async check(checks: HealthIndicatorFunction[], reply: FastifyReply): Promise<HealthCheckResult> {
    void reply.header('cache-control', 'no-store');
    try {
      return printableJson(await this.health.check(checks));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.status(error.getStatus());
      return printableJson(error.getResponse() as HealthCheckResult);
    }
  }
}
