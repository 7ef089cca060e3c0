import type { SanitizedCall } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { AUTO } from '../contract/selection';
import { isModelAllowed } from '../features/limits';
import type { ModelRegistry } from '../features/models';

/** Whether some model behind an alias may answer a call: allowed to its key, allowed what it holds, and able to do what is asked. */
export function usableAlias(
  alias: string,
  { request, caller, outgoing }: Pick<SanitizedCall, 'request' | 'caller' | 'outgoing'>,
  models: ModelRegistry,
): boolean {
  const auto = request.model === AUTO ? [AUTO] : [];
  try {
    const [first, ...rest] = models
      .resolve(alias, 'chat')
      .filter(
        ({ provider, model }) =>
          isModelAllowed(caller.models, ...auto, alias, model, `${provider}/${model}`) && !outgoing.barred(provider),
      );
    return first !== undefined && models.lineUp(request, [first, ...rest], (listed) => listed).length > 0;
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}
