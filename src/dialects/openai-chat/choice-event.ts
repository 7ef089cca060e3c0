import type { ReplyEvent } from '../../contract/reply';

/** What belongs to one answer among several, not to the reply as a whole. */
export type ChoiceEvent = Exclude<ReplyEvent, { type: 'start' | 'embedding' | 'token_count' | 'end' }>;

export function isChoiceEvent(event: ReplyEvent): event is ChoiceEvent {
  return 'block' in event || event.type === 'finish';
}
