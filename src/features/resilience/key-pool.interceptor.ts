import { Injectable } from '@nestjs/common';
import { CallInterceptor, type Attempt, type Send } from '../../contract/attempt';
import type { Reply } from '../../contract/reply';

@Injectable()
export class KeyPoolInterceptor extends CallInterceptor {
  override intercept(attempt: Attempt, next: Send): Promise<Reply> {
    return next(attempt);
  }
}
