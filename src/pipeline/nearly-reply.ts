import type { CushionedCall } from '../contract/call';
import type { Reply } from '../contract/reply';
import type { SimilarAnswer } from '../features/answers';
import { keptReply } from './kept-reply';

/** The answer to nearly the same question, as the answer to this call; the record says which question that was. */
export function nearlyReply({ answer, likeness }: SimilarAnswer, call: CushionedCall): Reply {
  call.record.note('likeness', likeness);
  return { ...keptReply(answer, 'similar', call), likeness };
}
