import { Injectable } from '@nestjs/common';
import type { CacheCheckedCall, Handler, RoutedCall } from '../contract/call';
import { Stage } from '../contract/stage';

/** The place of the cache: after the guards, before any money is set aside. Every call goes past it for now. */
@Injectable()
export class CacheStage extends Stage<RoutedCall, CacheCheckedCall> {
  override wrap(next: Handler<CacheCheckedCall>): Handler<RoutedCall> {
    return (call) => next({ ...call, cache: 'bypass' });
  }
}
