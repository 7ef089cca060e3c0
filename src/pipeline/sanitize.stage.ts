import { Injectable } from '@nestjs/common';
import type { AdmittedCall, Handler, SanitizedCall } from '../contract/call';
import { Stage } from '../contract/stage';

/** The place of the guards. None runs yet, and the call says so: `guards` lists what really inspected it. */
@Injectable()
export class SanitizeStage extends Stage<AdmittedCall, SanitizedCall> {
  override wrap(next: Handler<SanitizedCall>): Handler<AdmittedCall> {
    return (call) => next({ ...call, guards: [] });
  }
}
