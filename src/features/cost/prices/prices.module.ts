import { Module } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { ConfigModule } from '../../../platform/config/config.module';
import { PriceBook } from './price-book';
import { PriceWarning } from './price-warning.service';

@Module({
  imports: [ConfigModule],
  providers: [
    { provide: PriceBook, inject: [Config], useFactory: ({ prices }: Config) => new PriceBook(prices) },
    PriceWarning,
  ],
  exports: [PriceBook],
})
export class PricesModule {}
