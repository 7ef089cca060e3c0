import { Injectable } from '@nestjs/common';
import type { AuditedCall, Call, Handler } from '../contract/call';
import type { Reply } from '../contract/reply';
import { unchanged } from '../contract/unchanged';
import { AuditStage } from './audit.stage';
import { BudgetStage } from './budget.stage';
import { UNDECIDED } from './call-flags';
import { ConformStage } from './conform.stage';
import { Dispatch } from './dispatch.service';
import { EgressStage } from './egress.stage';
import { RouteStage } from './route.stage';

/**
 * Calls that the gateway makes itself to serve a caller's. They are on the record, paid from the caller's budget and counted like any other,
 * and leave out what the caller's own call has passed already or must not pass twice: its slot, its idempotency key, its
 * cache. Their text must be of a call that was sanitized.
 */
@Injectable()
export class InternalCalls {
  /** @throws GatewayError */
  readonly run: Handler<Call>;

  // prettier-ignore
  constructor(
    audit: AuditStage, route: RouteStage, conform: ConformStage, budget: BudgetStage, egress: EgressStage,
    dispatch: Dispatch,
  ) {
    const paid = conform.wrap(budget.wrap(egress.wrap(dispatch.send)));
    const routed = route.wrap((call) => paid({ ...call, cushioned: true, cache: 'bypass' }));
    this.run = audit.wrap((call: AuditedCall): Promise<Reply> => {
      call.record.keep(call.wire);
      const admitted = { ...call, admitted: true, unique: true } as const;
      return routed({
        ...admitted, flags: UNDECIDED, outgoing: unchanged(call), guarded: { policy: {} }, original: admitted, instructed: true,
        selection: undefined,
      });
    });
  }
}
