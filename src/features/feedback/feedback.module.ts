import { Module } from '@nestjs/common';
import { DatabaseModule } from '../../platform/database/database.module';
import { FeedbackStore } from './feedback.store';

@Module({ imports: [DatabaseModule], providers: [FeedbackStore], exports: [FeedbackStore] })
export class FeedbackModule {}
