import type { ReplyEvent } from '../../contract/reply';

/** A reply that only opens, or opens an empty text, has said nothing yet. */
export function isContent(event: ReplyEvent): boolean {
  return event.type !== 'start' && !((event.type === 'text' || event.type === 'thinking') && !event.text);
}
