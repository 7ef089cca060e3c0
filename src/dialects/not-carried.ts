import { GatewayError } from '../contract/errors';
import type { ModelRequest } from '../contract/request';
import type { Dialect } from '../contract/wire';

const NAMES: Record<Dialect, string> = {
  'openai-chat': 'OpenAI Chat Completions',
  'openai-responses': 'OpenAI Responses',
  'openai-embeddings': 'OpenAI Embeddings',
  'anthropic-messages': 'Anthropic Messages',
  'anthropic-count': 'Anthropic Messages',
};

const NAMED = 20;

/** The refusal of a request that another dialect cannot say; names the fields, never their values. */
export function notCarried(to: Dialect, fields: readonly string[]): GatewayError {
  const rest = fields.length > NAMED ? ` and ${fields.length - NAMED} more` : '';
  return new GatewayError(
    'invalid_request',
    `This model is served through ${NAMES[to]}, which cannot carry: ${fields.slice(0, NAMED).join(', ')}${rest}. Leave ${fields.length > 1 ? 'them' : 'it'} out or ask for a model of the dialect you speak.`,
    { param: fields[0] },
  );
}

/** What no other dialect can take over: native extras, and conversations of which only the provider knows the beginning. */
export function refuseForeign(request: ModelRequest, to: Dialect, alsoMissing: readonly string[] = []): void {
  if ('continues' in request && request.continues)
    // Never answer from half a history. Clients that hold theirs recover from this code by sending all of it.
    throw new GatewayError('not_found', 'The thread is not held by this model; send the whole conversation', {
      param: 'thread',
      details: { error_code: 'thread_not_found' },
    });
  const fields = [...request.extras, ...alsoMissing];
  if (fields.length) throw notCarried(to, fields);
}
