export { CollectedAnswer } from './collected-answer';
export { IdempotencyModule } from './idempotency.module';
export { type GivenAnswer, IdempotentAnswers, type Turn } from './idempotency.service';
export { headOf, piecesIn } from './packed-answer';
export { Patience } from './patience';
