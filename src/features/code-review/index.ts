export { CodeReviewKind } from './code-review-kind';
