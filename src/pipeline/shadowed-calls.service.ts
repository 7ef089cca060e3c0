import { Injectable } from '@nestjs/common';
import type { AuditedCall, Call, Candidate, ConformingCall, Handler } from '../contract/call';
import { uuidv7 } from '../contract/ids';
import type { Reply } from '../contract/reply';
import { AuditStage } from './audit.stage';
import { BudgetStage } from './budget.stage';
import { Dispatch } from './dispatch.service';
import { EgressStage } from './egress.stage';

/** By which reports of usage tell what shadows cost. */
export const SHADOW_TAG = 'purpose:shadow';

/**
 * Sends a call that was answered to a second model: on the record, in the form that its provider may be sent, and paid by the same tenant.
 * It leaves out what the caller's own call has passed already or must not pass twice: its slot, its idempotency key, its cache.
 */
@Injectable()
export class ShadowedCalls {
  private readonly paid: Handler<ConformingCall>;

  constructor(
    private readonly audit: AuditStage,
    budget: BudgetStage,
    egress: EgressStage,
    dispatch: Dispatch,
  ) {
    this.paid = budget.wrap(egress.wrap(dispatch.send));
  }

  /** @param call as it was answered; its text was sanitized. @throws GatewayError */
  send(call: ConformingCall, candidate: Candidate, timeoutMs: number, signal: AbortSignal): Promise<Reply> {
    const send = this.audit.wrap((audited: AuditedCall) => {
      audited.record.note('model', `${candidate.provider}/${candidate.model}`);
      audited.record.keep(call.wire);
      const { outgoing, flags, guarded, original, selection } = call;
      const admitted = { ...audited, admitted: true, unique: true, flags, outgoing, guarded, original } as const;
      const routed = { ...admitted, instructed: true, selection, candidates: [candidate] } as const;
      return this.paid({ ...routed, cushioned: true, cache: 'bypass', conforms: true });
    });
    return send(shadowOf(call, timeoutMs, signal));
  }
}

function shadowOf(call: ConformingCall, timeoutMs: number, signal: AbortSignal): Call {
  const { id, requestId, caller, request, wire, user, session, tags = [], traceparent } = call;
  return {
    id: uuidv7(),
    requestId: `${requestId}.shadow`,
    caller,
    request,
    wire,
    ...(user !== undefined && { user }),
    ...(session !== undefined && { session }),
    ...(traceparent !== undefined && { traceparent }),
    tags: [...tags, SHADOW_TAG].sort(),
    shadows: id,
    timeoutMs,
    signal,
    receivedAt: Date.now(),
    startedAt: performance.now(),
  };
}
