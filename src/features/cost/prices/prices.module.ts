import { Module } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { ConfigModule } from '../../../platform/config/config.module';
import { PriceBook } from './price-book';
import { PriceWarning } from './price-warning.service';

@Module({
  imports: [ConfigModule],
  providers: [
    {
      provide: PriceBook,
      inject: [Config],
      useFactory: ({ prices, inForce }: Config) => {
        const book = new PriceBook(prices);
        inForce.onChange((now) => book.take(now.prices));
        return book;
      },
    },
    PriceWarning,
  ],
  exports: [PriceBook],
})
export class PricesModule {}
