import { Injectable } from '@nestjs/common';
import type { Handler, SanitizedCall, UniqueCall } from '../contract/call';
import { Stage } from '../contract/stage';
import { unchanged } from '../contract/unchanged';

/** The place of the guards. None runs yet, and the call says so: `guards` lists what really inspected it. */
@Injectable()
export class SanitizeStage extends Stage<UniqueCall, SanitizedCall> {
  override wrap(next: Handler<SanitizedCall>): Handler<UniqueCall> {
    return (call) => {
      call.record.keep(call.wire);
      return next({ ...call, outgoing: unchanged(call) });
    };
  }
}
