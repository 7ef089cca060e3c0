import type { ReplyEvent } from '../contract/reply';
import type { SseFrame } from './sse';

type TextEvent = Extract<ReplyEvent, { type: 'text' }>;

/** Stands for itself in JSON. */
const PLAIN = /^[^"\\\p{Cc}]+$/u;

/**
 * Nearly all frames of an answer are spelled as the one before, but for a few letters of text. Those need no parser, where all that
 * such a frame does is to say its text.
 */
export class RepeatedFrame {
  private event: TextEvent | undefined;
  private name = '';
  private before = '';
  private after = '';

  /** What the frame says, when it is spelled as the one that was noted last. */
  read({ event: name, data }: SseFrame): TextEvent | undefined {
    const { event, before, after } = this;
    if (!event || name !== this.name || !data.startsWith(before) || !data.endsWith(after)) return undefined;
    const text = data.slice(before.length, data.length - after.length);
    return PLAIN.test(text) ? { ...event, text } : undefined;
  }

  /** @param events what the frame said, by the parser */
  note({ event: name, data }: SseFrame, events: readonly ReplyEvent[]): void {
    this.event = undefined;
    const [event] = events;
    if (event?.type !== 'text' || events.length > 1 || data.includes('\\')) return;
    const spelled = `"${event.text}"`;
    const at = data.indexOf(spelled);
    // where the same is spelled twice, the next frame might differ in the other one
    if (at < 0 || data.includes(spelled, at + 1)) return;
    this.event = event;
    this.name = name;
    this.before = data.slice(0, at + 1);
    this.after = data.slice(at + spelled.length - 1);
  }
}
