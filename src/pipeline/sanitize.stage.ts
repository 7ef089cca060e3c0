import { Injectable } from '@nestjs/common';
import type { FlaggedCall, Handler, SanitizedCall } from '../contract/call';
import { Stage } from '../contract/stage';
import { Sanitizer } from '../features/sanitization';

/** What is personal is found before anything leaves, and what the caller said itself it gets back. */
@Injectable()
export class SanitizeStage extends Stage<FlaggedCall, SanitizedCall> {
  constructor(private readonly sanitizer: Sanitizer) {
    super();
  }

  override wrap(next: Handler<SanitizedCall>): Handler<FlaggedCall> {
    return async (call) => {
      const guarded = await this.sanitizer.inspect(call, call.flags.guards);
      const { record } = call;
      record.keep(guarded.masked.wire);
      record.note('inspection', guarded.facts);
      record.polish(guarded.polish);
      // what left once has been judged
      if (guarded.refusal && call.inBatch?.way !== 'back') throw guarded.refusal;
      const { masked, outgoing, as } = guarded;
      const reply = await next({ ...call, ...masked, outgoing, guarded: as, original: call });
      return guarded.answered(reply, record);
    };
  }
}
