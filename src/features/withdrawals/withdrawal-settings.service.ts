import { Injectable } from '@nestjs/common';
import { WithdrawalRefresh } from './withdrawal-refresh.service';
import type { Withdrawal } from './withdrawals';
import { StoredWithdrawals } from './withdrawals.store';

/** Takes providers and models out of routing, and puts them back: here at once, in other processes within a second. */
@Injectable()
export class WithdrawalSettings {
  constructor(
    private readonly stored: StoredWithdrawals,
    private readonly refresh: WithdrawalRefresh,
  ) {}

  /**
   * @param leavesEnough whether enough would be left with all of these withdrawn
   * @returns why not
   */
  async withdraw(
    withdrawal: Omit<Withdrawal, 'since'>,
    leavesEnough: (withdrawn: readonly Pick<Withdrawal, 'target' | 'place'>[]) => boolean,
  ): Promise<'already' | 'last_usable' | undefined> {
    const { target, cause } = withdrawal;
    let isThere = false;
    const allowed = await this.stored.add(withdrawal, (others) => {
      const known = others.find((other) => other.target === target);
      isThere = known !== undefined && known.cause !== cause;
      return !isThere && (known !== undefined || leavesEnough([...others, withdrawal]));
    });
    if (!allowed) return isThere ? 'already' : 'last_usable';
    await this.refresh.look();
    return undefined;
  }

  /** @param cause as it was given; what was withdrawn for another reason stays so */
  async putBack(target: string, cause: string): Promise<void> {
    await this.stored.remove(target, cause);
    await this.refresh.look();
  }
}
