export { type EvalCase, evalCase } from './eval-case';
export type { Feedback, FeedbackFilter, Scores } from './feedback';
export type { GroupedScores } from './feedback-sql';
export { FeedbackModule } from './feedback.module';
export { FeedbackStore } from './feedback.store';
