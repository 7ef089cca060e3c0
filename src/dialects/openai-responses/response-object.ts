import type { GatewayError } from '../../contract/errors';
import type { Json, JsonObject } from '../../contract/json';
import type { FinishReason, ReplyEvent, Usage } from '../../contract/reply';
import type { ReplyContext } from '../codec';
import { echo, echoOptional } from './echo';
import { responseId } from './ids';
import { encodeUsage } from './usage';

/** A Response object with every field that the official schema and its typed clients know of. */
export class ResponseObject {
  readonly id: string;
  private readonly model: string;

  constructor(
    start: Extract<ReplyEvent, { type: 'start' }> | undefined,
    private readonly context: ReplyContext,
  ) {
    this.id = responseId(start?.id || context.requestId);
    this.model = start?.model ?? '';
  }

  inProgress(): JsonObject {
    return this.json({ status: 'in_progress' });
  }

  finished(reason: FinishReason, output: readonly Json[], usage: Usage): JsonObject {
    const broken = brokenOff(reason);
    return this.json({
      status: broken ? 'incomplete' : 'completed',
      completed_at: broken ? null : this.context.created,
      incomplete_details: broken ? { reason: broken } : null,
      output,
      usage: encodeUsage(usage),
    });
  }

  failed(error: GatewayError): JsonObject {
    return this.json({ status: 'failed', error: { code: failureCode(error), message: error.message } });
  }

  private json(facts: JsonObject): JsonObject {
    return {
      id: this.id,
      object: 'response',
      created_at: this.context.created,
      background: false,
      completed_at: null,
      error: null,
      incomplete_details: null,
      model: this.model,
      output: [],
      max_tool_calls: null,
      previous_response_id: null,
      service_tier: 'default',
      store: false,
      truncation: 'disabled',
      access_programs: null,
      ...echo(this.context.body),
      ...echoOptional(this.context.body),
      ...facts,
    };
  }
}

/** Why an answer is incomplete; undefined when it is not. */
export function brokenOff(reason: FinishReason): 'max_output_tokens' | 'content_filter' | undefined {
  if (reason === 'length') return 'max_output_tokens';
  return reason === 'content_filter' ? reason : undefined;
}

const INVALID = new Set(['invalid_request', 'prompt_rejected', 'prompt_too_large']);
/** Outside the published list, but sent by the vendor and acted upon by its clients. */
const ACTED_UPON = new Set(['context_length_exceeded', 'insufficient_quota', 'server_is_overloaded']);

function failureCode({ code, facts }: GatewayError): string {
  if (facts.providerCode && ACTED_UPON.has(facts.providerCode)) return facts.providerCode;
  if (code === 'rate_limited' || code === 'concurrency_limited') return 'rate_limit_exceeded';
  return INVALID.has(code) ? 'invalid_prompt' : 'server_error';
}

/** Whether the caller asks for `encrypted_content` on reasoning items. */
export function wantsSeals(body: JsonObject): boolean {
  return Array.isArray(body.include) && body.include.includes('reasoning.encrypted_content');
}
