import type { ReplyEvent } from '../../contract/reply';

export interface RecordedAnswer {
  readonly answeredAs: string;
  readonly events: readonly ReplyEvent[];
}

/** Takes down an answer while it passes, if it is one that may be given again: complete, and of words or vectors alone. */
export class AnswerRecorder {
  private events: ReplyEvent[] | undefined = [];
  private left: number;
  private answeredAs = '';
  private said = false;

  constructor(bytes: number) {
    this.left = bytes;
  }

  readonly observe = (event: ReplyEvent): void => {
    if (!this.events) return;
    switch (event.type) {
      case 'start':
        this.answeredAs = event.model;
        return;
      case 'end':
        return;
      case 'finish':
        if (event.reason === 'stop' || event.reason === 'stop_sequence') return this.add(event, 0);
        break;
      case 'text':
        this.said ||= event.text !== '';
        return this.add(event, event.text.length);
      case 'thinking':
        return this.add(event, event.text.length);
      case 'thinking_signature':
        return this.add(event, event.signature.length);
      case 'redacted_thinking':
        return this.add(event, event.data.length);
      case 'embedding':
        this.said = true;
        return this.add(event, event.vector.length);
      case 'refusal':
      case 'tool_call':
      case 'tool_arguments':
      case 'native':
      case 'token_count':
        break;
    }
    // cut short, or more than words: it is this call's alone
    this.events = undefined;
  };

  /** The whole answer, once it has passed; undefined when it is not to be kept. */
  taken(): RecordedAnswer | undefined {
    return this.events && this.said ? { answeredAs: this.answeredAs, events: this.events } : undefined;
  }

  private add(event: ReplyEvent, size: number): void {
    this.left -= size;
    const { events } = this;
    if (this.left < 0) this.events = undefined;
    else if (!events) return;
    else if (!continued(events, event)) events.push(event);
  }
}

/** A stream is many small pieces of the same text: kept as one. */
function continued(events: ReplyEvent[], event: ReplyEvent): boolean {
  const last = events.at(-1);
  if (event.type !== 'text' && event.type !== 'thinking') return false;
  if (last?.type !== event.type || last.block !== event.block || last.choice !== event.choice) return false;
  events[events.length - 1] = { ...last, text: last.text + event.text };
  return true;
}
