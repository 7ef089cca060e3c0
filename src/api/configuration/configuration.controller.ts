import { Controller, Get, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { policyHashes } from '../../features/audit';
import { Config } from '../../platform/config/config';
import { ConfigReload } from '../../platform/config/config-reload.service';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { ConfigurationView, configurationView } from './configuration-schema';

@ApiTags('operations')
@ApiBearerAuth()
@Controller('v1/configuration')
@Allow('operator', 'admin')
export class ConfigurationController {
  constructor(
    private readonly config: Config,
    private readonly reload: ConfigReload,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Which configuration this process runs with, and what came of reading its files again' })
  @ApiOkResponse({ standardSchema: ConfigurationView })
  show(@Req() request: CallerRequest): ConfigurationView {
    rootCaller(request);
    return this.view();
  }

  @Post('reload')
  @HttpCode(200)
  @ApiOperation({ summary: 'Read the files of this process again now; refused as a whole where there is a mistake' })
  @ApiOkResponse({ standardSchema: ConfigurationView })
  async again(@Req() request: CallerRequest): Promise<ConfigurationView> {
    const { outcome, problems } = await this.reload.reload('request', rootCaller(request).keyId);
    if (outcome === 'refused')
      throw new GatewayError('invalid_request', `The former configuration holds: ${problems.join('; ')}`);
    if (outcome === 'failed')
      throw new GatewayError('audit_unavailable', 'The change cannot be put on record now', { retryAfter: 2 });
    return this.view();
  }

  private view(): ConfigurationView {
    return configurationView(this.reload.state, policyHashes(this.config));
  }
}

/** The configuration is everybody's. @throws GatewayError `forbidden` */
function rootCaller(request: CallerRequest): Caller {
  const caller = callerOf(request);
  if (!caller.root)
    throw new GatewayError('forbidden', 'The configuration holds for every tenant: it needs a key of the root tenant');
  return caller;
}
