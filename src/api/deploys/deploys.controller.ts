import { Body, Controller, HttpCode, Param, Post, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GatewayError } from '../../contract/errors';
import { Acts } from '../../features/audit';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { DeployParam, DeployStep } from './deploy-schema';

@ApiTags('deploys')
@ApiBearerAuth()
@Allow('operator', 'admin')
@UsePipes(ValidPipe)
@Controller('v1/deploys')
export class DeploysController {
  constructor(private readonly acts: Acts) {}

  @Post(':id/steps')
  @HttpCode(204)
  @ApiOperation({ summary: 'Put a step of a deploy of this gateway on record; it is durable when this answers' })
  @ApiNoContentResponse()
  async record(
    @Req() request: CallerRequest,
    @Param('id', { schema: DeployParam }) deploy: string,
    @Body({ schema: DeployStep }) { says, ...step }: DeployStep,
  ): Promise<void> {
    const caller = callerOf(request);
    if (!caller.root)
      throw new GatewayError('forbidden', 'Deploys concern every tenant: they need a key of the root tenant');
    const act = { event: 'deploy.step', metadata: { deploy, ...step }, ...(says && { payload: { says } }) } as const;
    // the step itself is done elsewhere, once this has been answered
    await this.acts.perform(caller, act, async () => undefined);
  }
}
