import { Module } from '@nestjs/common';
import { AuditModule } from '../features/audit';
import { CallSource, LedgerModule, PricesModule, Projector, Repricing } from '../features/cost';
import { ModelsModule } from '../features/models';
import { RecordedSpend } from './recorded-spend.service';

/** The ledger, filled from the log. */
@Module({
  imports: [AuditModule, ModelsModule, LedgerModule, PricesModule],
  providers: [{ provide: CallSource, useClass: RecordedSpend }, Projector, Repricing],
  exports: [LedgerModule, Projector, Repricing],
})
export class SpendModule {}
