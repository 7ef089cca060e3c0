import type { CushionedCall } from '../contract/call';
import type { CacheUse, Reply } from '../contract/reply';
import { type KeptAnswer, replay } from '../features/answers';
import { vouched } from './vouched';

/** An answer from before as the answer to this call, in parts where its caller streams. */
export function keptReply(answer: KeptAnswer, use: CacheUse, call: CushionedCall): Reply {
  return vouched(replay(answer, use, call.id, Date.now(), call.request.stream), call);
}

/** The same, on record: no model was asked, and what that saved. */
export function savedReply(answer: KeptAnswer, use: CacheUse, call: CushionedCall): Reply {
  const { record } = call;
  record.note('cache', use);
  record.note('provider', answer.provider);
  record.note('providerModel', answer.model);
  record.note('dropped', answer.dropped);
  record.note('savedUsage', answer.usage);
  return keptReply(answer, use, call);
}
