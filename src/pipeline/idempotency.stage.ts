import { Injectable } from '@nestjs/common';
import type { AdmittedCall, Handler, UniqueCall } from '../contract/call';
import { Stage } from '../contract/stage';

@Injectable()
export class IdempotencyStage extends Stage<AdmittedCall, UniqueCall> {
  override wrap(next: Handler<UniqueCall>): Handler<AdmittedCall> {
    return (call) => next({ ...call, unique: true });
  }
}
