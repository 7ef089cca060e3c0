export { AnswersModule } from './answers.module';
export { replay } from './kept-answer';
export { PastAnswers } from './past-answers';
export { recallOf, type Recall } from './recall';
export { templateReply } from './template-reply';
export { Templates } from './templates';
