export { WithdrawalSettings } from './withdrawal-settings.service';
export { type Withdrawal, Withdrawals } from './withdrawals';
export { WithdrawalsModule } from './withdrawals.module';
