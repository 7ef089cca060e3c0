import { Injectable } from '@nestjs/common';
import type { CushionedCall, Handler, RoutedCall } from '../contract/call';
import { Stage } from '../contract/stage';

@Injectable()
export class DegradeStage extends Stage<RoutedCall, CushionedCall> {
  override wrap(next: Handler<CushionedCall>): Handler<RoutedCall> {
    return (call) => next({ ...call, cushioned: true });
  }
}
