import type { CallFinished } from '../contract/events';
import type { TraceFacts } from '../contract/trace';
import { usdText } from '../contract/money';
import { usageFacts } from './traced-attempt';

/** What the whole of a trace says of how its call ended. */
export function traceFacts(call: CallFinished, entryId: string | undefined): TraceFacts {
  return {
    'gen_ai.request.model': call.model,
    'gen_ai.response.model': call.providerModel,
    'gen_ai.provider.name': call.provider,
    'gen_ai.response.finish_reasons': call.finishReason && [call.finishReason],
    ...usageFacts(call.usage),
    'gatehouse.outcome': call.outcome,
    'gatehouse.attempts': call.attempts,
    'gatehouse.cache': call.cache,
    'gatehouse.degraded': call.degraded,
    'gatehouse.guards': call.inspection?.guards,
    'gatehouse.cost_usd': call.cost === undefined ? undefined : usdText(call.cost),
    'gatehouse.audit_entry': entryId,
  };
}
