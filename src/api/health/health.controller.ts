import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
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
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.lifecycle.check(), ...this.checks.ready()]);
  }

  @Get('startup')
  @HealthCheck()
  @ApiOperation({ summary: 'The process has started' })
  startup(): Promise<HealthCheckResult> {
    return this.health.check([() => this.lifecycle.check()]);
  }

  @Get()
  @HealthCheck()
  @ApiOperation({ summary: 'Every check, none of which spends money' })
  everything(): Promise<HealthCheckResult> {
    return this.health.check([() => this.lifecycle.check(), ...this.checks.all()]);
  }
}
