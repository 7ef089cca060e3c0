import { Injectable } from '@nestjs/common';
import type { Handler, InstructedCall, SanitizedCall, Sendable } from '../contract/call';
import { rewritten } from '../contract/rewritten';
import { Stage } from '../contract/stage';
import { withInstructions } from '../dialects/with-instructions';
import { decodeBody } from '../features/selection';

/** Adds to the instructions of a call what flags say: the operator's own words, which are compared, kept and sent like the caller's. */
@Injectable()
export class InstructStage extends Stage<SanitizedCall, InstructedCall> {
  override wrap(next: Handler<InstructedCall>): Handler<SanitizedCall> {
    return (call) => {
      const { prompts } = call.flags;
      if (!prompts.length || call.request.operation === 'embeddings') return next({ ...call, instructed: true });
      const instruct = (form: Sendable): Sendable =>
        prompts.reduce((said, { text, place }) => withInstructions(said, text, place, decodeBody), form);
      const { request, wire } = instruct(call);
      call.record.keep(wire);
      return next({ ...call, request, wire, outgoing: rewritten(call.outgoing, instruct), instructed: true });
    };
  }
}
