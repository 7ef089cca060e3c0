import type { Attempt, Send } from '../contract/attempt';
import { GatewayError, type ErrorCode } from '../contract/errors';
import type { ReplyEvent, Usage } from '../contract/reply';
import { settled, type Outcome } from '../contract/settle';
import type { Trace } from '../contract/trace';

/** One question to a provider as a step of its own, named and described as OpenTelemetry's GenAI conventions have it, until the answer is complete. */
export function tracedAttempt(send: Send): Send {
  return async (attempt) => {
    const { request, candidate, key } = attempt;
    const trace = attempt.trace?.step(
      request.operation,
      {
        'gen_ai.operation.name': request.operation,
        'gen_ai.provider.name': candidate.provider,
        'gatehouse.provider_key': key?.index,
      },
      true,
    );
    if (!trace) return send(attempt);
    try {
      const reply = await send({ ...attempt, trace });
      named(trace, attempt);
      return settled(
        reply,
        (outcome) => ended(trace, outcome),
        (event) => observe(trace, event),
      );
    } catch (error) {
      const { code } = GatewayError.from(error);
      // what its caller calls a model may be anything, until somebody answers to it
      if (!candidate.named) named(trace, attempt);
      trace.end(code);
      throw error;
    }
  };
}

function named(trace: Trace, { request, candidate }: Attempt): void {
  trace.name(`${request.operation} ${candidate.model}`);
  trace.note({ 'gen_ai.request.model': candidate.model });
}

function observe(trace: Trace, event: ReplyEvent): void {
  if (event.type === 'start') trace.note({ 'gen_ai.response.model': event.model, 'gen_ai.response.id': event.id });
  else if (event.type === 'finish') trace.note({ 'gen_ai.response.finish_reasons': [event.reason] });
}

function ended(trace: Trace, outcome: Outcome): void {
  let code: ErrorCode | undefined;
  if (outcome.kind === 'answered') trace.note(usageFacts(outcome.usage));
  else code = outcome.kind === 'failed' ? GatewayError.from(outcome.error).code : 'client_closed';
  trace.end(code);
}

/** Those of the conventions: the input includes what was cached. */
export function usageFacts(usage: Usage | undefined): Record<string, number | undefined> {
  if (!usage) return {};
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  return {
    'gen_ai.usage.input_tokens': inputTokens + cacheReadTokens + cacheWriteTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    'gen_ai.usage.cache_read.input_tokens': cacheReadTokens || undefined,
    'gen_ai.usage.cache_creation.input_tokens': cacheWriteTokens || undefined,
  };
}
