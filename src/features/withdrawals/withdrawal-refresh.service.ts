import { Injectable, Logger } from '@nestjs/common';
import { RefreshLoop } from '../../platform/refresh/refresh-loop';
import { StoredWithdrawals } from './withdrawals.store';
import { Withdrawals } from './withdrawals';

const log = new Logger('Withdrawals');

/** Learns within a second what was taken out of routing, or put back, through another process. */
@Injectable()
export class WithdrawalRefresh extends RefreshLoop {
  constructor(withdrawals: Withdrawals, stored: StoredWithdrawals) {
    super({
      what: 'withdrawals',
      log,
      everyMs: 250,
      revision: () => stored.revision(),
      learn: async () => withdrawals.learn(await stored.list()),
    });
  }
}
