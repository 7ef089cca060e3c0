import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import type { CallFinished } from '../../contract/events';
import { EventBus } from '../events/event-bus';

/** One line for every call. Names and numbers, never content. */
@Injectable()
export class CallLog {
  constructor(
    private readonly log: PinoLogger,
    events: EventBus,
  ) {
    events.on('call.finished', (call) => this.call(call));
  }

  private call(call: CallFinished): void {
    const { usage } = call;
    const line = {
      request_id: call.requestId,
      call_id: call.id,
      trace_id: call.traceId,
      tenant: call.tenantId,
      key_id: call.keyId,
      session: sessionOf(call),
      dialect: call.dialect,
      operation: call.operation,
      stream: call.stream,
      model: call.model,
      provider: call.provider,
      provider_model: call.providerModel,
      outcome: call.outcome,
      degraded: call.degraded,
      cache: call.cache,
      code: call.code,
      finish_reason: call.finishReason,
      attempts: call.attempts,
      input_tokens: usage && usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
      cached_tokens: usage?.cacheReadTokens,
      output_tokens: usage?.outputTokens,
      latency_ms: Math.round(call.latencyMs),
      first_token_ms: call.firstTokenMs === undefined ? undefined : Math.round(call.firstTokenMs),
    };
    if (call.outcome === 'failed') this.log.warn(line, 'call');
    else this.log.info(line, 'call');
  }
}

/** `session:turn`; a session is a pseudonym. */
function sessionOf({ session, turn }: CallFinished): string | undefined {
  return session === undefined || turn === undefined ? session : `${session}:${turn}`;
}
