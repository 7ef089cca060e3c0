import { Injectable } from '@nestjs/common';
import type { ConformingCall } from '../contract/call';
import { isModelAllowed } from '../features/limits';
import { ModelRegistry } from '../features/models';

type Candidates = ConformingCall['candidates'];

/** The models that a budget turns to when a call does not fit it. */
@Injectable()
export class CheaperModels {
  constructor(private readonly models: ModelRegistry) {}

  /**
   * @param name an alias or `provider/model`
   * @returns undefined when none of them is there, is allowed to the key, may be sent the call and takes what it holds
   */
  of(name: string, { request, caller, outgoing, candidates }: ConformingCall): Candidates | undefined {
    // vectors of another model mean something else
    if (request.operation !== 'chat' || request.continues !== undefined) return undefined;
    try {
      const [first, ...rest] = this.models
        .resolve(name, 'chat')
        .map(({ named: _named, ...candidate }) => candidate)
        .filter(({ provider, model }) => isModelAllowed(caller.models, name, model, `${provider}/${model}`))
        .filter(({ provider }) => !outgoing.barred(provider));
      if (!first) return undefined;
      const found = this.models.lineUp(request, [first, ...rest], (listed) => listed);
      const isSame = found[0].provider === candidates[0].provider && found[0].model === candidates[0].model;
      return isSame ? undefined : found;
    } catch {
      // not there, or it cannot take the call: then the budget refuses it
      return undefined;
    }
  }
}
