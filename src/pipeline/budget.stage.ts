import { Injectable } from '@nestjs/common';
import type { ConformingCall, FundedCall, Handler } from '../contract/call';
import { Stage } from '../contract/stage';

/** The place of the budget: what a call may cost is held before a provider is asked. No budget applies yet. */
@Injectable()
export class BudgetStage extends Stage<ConformingCall, FundedCall> {
  override wrap(next: Handler<FundedCall>): Handler<ConformingCall> {
    return (call) => next({ ...call, funding: {} });
  }
}
