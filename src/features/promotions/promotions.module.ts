import { Module } from '@nestjs/common';
import { DatabaseModule } from '../../platform/database/database.module';
import { Promotions } from './promotions.store';

@Module({ imports: [DatabaseModule], providers: [Promotions], exports: [Promotions] })
export class PromotionsModule {}
