import { Injectable } from '@nestjs/common';
import type { FundedCall, Handler, RecordedCall } from '../contract/call';
import { Stage } from '../contract/stage';

/** Nothing leaves for a provider before that is on the record. */
@Injectable()
export class EgressStage extends Stage<FundedCall, RecordedCall> {
  override wrap(next: Handler<RecordedCall>): Handler<FundedCall> {
    return async (call) => {
      const entry = await call.record.leave();
      return next({ ...call, recorded: true, entry });
    };
  }
}
