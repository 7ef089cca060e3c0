import { Injectable } from '@nestjs/common';
import type { Candidate, Handler, RoutedCall, SanitizedCall } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { Stage } from '../contract/stage';
import { isModelAllowed } from '../features/limits';
import { ModelRegistry } from '../features/models';

/** Finds the models that may answer: known, able to do what is asked, and allowed to the key. */
@Injectable()
export class RouteStage extends Stage<SanitizedCall, RoutedCall> {
  constructor(private readonly models: ModelRegistry) {
    super();
  }

  override wrap(next: Handler<RoutedCall>): Handler<SanitizedCall> {
    return async (call) => {
      const { model, operation } = call.request;
      const candidates = this.models.resolve(model, operation === 'embeddings' ? 'embeddings' : 'chat');
      call.record.note('model', model);
      const [first, ...rest] = candidates.filter((candidate) => allowed(call.caller.models, model, candidate));
      if (!first)
        throw new GatewayError('model_not_allowed', `This key may not use the model '${model}'`, { param: 'model' });
      return next({ ...call, candidates: [first, ...rest] });
    };
  }
}

function allowed(patterns: readonly string[], asked: string, { provider, model }: Candidate): boolean {
  return isModelAllowed(patterns, asked, model, `${provider}/${model}`);
}
