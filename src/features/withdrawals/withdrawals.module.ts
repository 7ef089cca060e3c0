import { Module } from '@nestjs/common';
import { DatabaseModule } from '../../platform/database/database.module';
import { WithdrawalRefresh } from './withdrawal-refresh.service';
import { WithdrawalSettings } from './withdrawal-settings.service';
import { Withdrawals } from './withdrawals';
import { StoredWithdrawals } from './withdrawals.store';

@Module({
  imports: [DatabaseModule],
  providers: [
    { provide: Withdrawals, useFactory: () => new Withdrawals() },
    StoredWithdrawals,
    WithdrawalRefresh,
    WithdrawalSettings,
  ],
  exports: [Withdrawals, WithdrawalSettings],
})
export class WithdrawalsModule {}
