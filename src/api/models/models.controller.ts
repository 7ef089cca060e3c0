import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GatewayError } from '../../contract/errors';
import { AUTO } from '../../contract/selection';
import { isModelAllowed } from '../../features/limits';
import { ModelRegistry, type ListedModel } from '../../features/models';
import { Config } from '../../platform/config/config';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { autoModel } from './auto-model';
import { anthropicList, anthropicModel, openaiList, openaiModel } from './model-shapes';

/** The names that answer, to those who may use them. Anthropic's shape for whoever sends `anthropic-version`. */
@ApiTags('inference')
@ApiBearerAuth()
@Controller('v1/models')
@Allow('client')
export class ModelsController {
  constructor(
    private readonly config: Config,
    private readonly registry: ModelRegistry,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List models' })
  list(@Req() request: CallerRequest): object {
    const { auto } = this;
    const models = [...this.registry.list(), ...(auto ? [auto] : [])].filter((model) => visible(model, request));
    return speaksAnthropic(request) ? anthropicList(models) : openaiList(models);
  }

  /** A name may hold slashes: `provider/name`. */
  @Get('*')
  @ApiOperation({ summary: 'Show a model' })
  show(@Req() request: CallerRequest, @Param('*') id: string): object {
    const auto = id === AUTO ? this.auto : undefined;
    const model = auto ?? this.registry.find(id);
    if (!model || !visible(model, request))
      throw new GatewayError('model_not_found', 'There is no such model', { param: 'model' });
    return speaksAnthropic(request) ? anthropicModel(model) : openaiModel(model);
  }

  private get auto(): ListedModel | undefined {
    return autoModel(this.config.policies.selection, this.registry);
  }
}

function visible({ id, provider }: ListedModel, request: CallerRequest): boolean {
  return isModelAllowed(callerOf(request).models, id, `${provider}/${id}`);
}

function speaksAnthropic(request: CallerRequest): boolean {
  return 'anthropic-version' in request.headers;
}
