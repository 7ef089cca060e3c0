import { Module } from '@nestjs/common';
import { PromotionsModule } from '../../features/promotions';
import { JobsWorkModule } from '../../jobs';
import { PromotionsController } from './promotions.controller';

@Module({ imports: [JobsWorkModule, PromotionsModule], controllers: [PromotionsController] })
export class PromotionsApiModule {}
