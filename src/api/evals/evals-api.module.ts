import { Module } from '@nestjs/common';
import { JobsWorkModule } from '../../jobs';
import { EvalsController } from './evals.controller';

@Module({ imports: [JobsWorkModule], controllers: [EvalsController] })
export class EvalsApiModule {}
