import { Injectable } from '@nestjs/common';
import type { CacheCheckedCall, CushionedCall, Handler } from '../contract/call';
import { Stage } from '../contract/stage';

/** The place of the cache: after the guards, before any money is set aside. Every call goes past it for now. */
@Injectable()
export class CacheStage extends Stage<CushionedCall, CacheCheckedCall> {
  override wrap(next: Handler<CacheCheckedCall>): Handler<CushionedCall> {
    return (call) => next({ ...call, cache: 'bypass' });
  }
}
