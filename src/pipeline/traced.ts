import type { Call, Handler } from '../contract/call';
import { GatewayError } from '../contract/errors';
import type { Tracing } from '../platform/tracing/tracing';

/** A call's whole way, as one trace. It ends where the call is settled, which is when its facts are known. */
export function begun(tracing: Tracing, next: Handler<Call>): Handler<Call> {
  return async (call) => {
    const { request, wire, requestId } = call;
    const facts = {
      'gen_ai.operation.name': request.operation,
      'gatehouse.dialect': wire.dialect,
      'gatehouse.stream': request.stream,
      'gatehouse.request_id': requestId,
      'gatehouse.call_id': call.id,
      'gatehouse.tenant': call.caller.tenantId,
    };
    // a call that the gateway makes on behalf of another is a step of that one
    const trace = tracing.begin(`gatehouse ${request.operation}`, facts, call.trace?.traceparent ?? call.traceparent);
    if (!trace) return next(call);
    try {
      return await next({ ...call, trace });
    } catch (error) {
      trace.end(GatewayError.from(error).code);
      throw error;
    }
  };
}

/** What a stage and those behind it do until the answer begins, as one step. */
export function traced<C extends Call>(name: string, next: Handler<C>): Handler<C> {
  return async (call) => {
    const trace = call.trace?.step(name);
    if (!trace) return next(call);
    try {
      const reply = await next({ ...call, trace });
      trace.end();
      return reply;
    } catch (error) {
      trace.end(GatewayError.from(error).code);
      throw error;
    }
  };
}
