import { NO_USAGE, type ReplyEvent, type Usage } from '../../contract/reply';

export interface RecordedAnswer {
  readonly answeredAs: string;
  readonly events: readonly ReplyEvent[];
  readonly usage: Usage;
  /** It may be given to later calls, too: complete, and no refusal. */
  readonly lasting: boolean;
}

/** Takes down an answer while it passes, if it is one that can be told again: without anything native. */
export class AnswerRecorder {
  private events: ReplyEvent[] | undefined = [];
  private left: number;
  private answeredAs = '';
  private said = false;
  private whole = true;
  private usage = NO_USAGE;

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
        this.usage = event.usage;
        return;
      case 'finish':
        this.whole &&= LASTING.has(event.reason);
        return this.add(event, 0);
      case 'refusal':
        this.whole = false;
        return this.add(event, event.text.length);
      case 'tool_call':
        this.said = true;
        return this.add(event, event.id.length + event.name.length);
      case 'tool_arguments':
        return this.add(event, event.json.length);
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
      case 'native':
      case 'token_count':
    }
    // in no words that are ours: it is this call's alone
    this.events = undefined;
  };

  /** The whole answer, once it has passed; undefined when it cannot be told again. */
  taken(): RecordedAnswer | undefined {
    const { events, answeredAs, usage, whole, said } = this;
    return events && { answeredAs, events, usage, lasting: whole && said };
  }

  private add(event: ReplyEvent, size: number): void {
    this.left -= size;
    const { events } = this;
    if (this.left < 0) this.events = undefined;
    else if (!events) return;
    else if (!continued(events, event)) events.push(event);
  }
}

const LASTING: ReadonlySet<string> = new Set(['stop', 'stop_sequence', 'tool_calls']);

/** A stream is many small pieces of the same text: kept as one. */
function continued(events: ReplyEvent[], event: ReplyEvent): boolean {
  const last = events.at(-1);
  if (event.type === 'tool_arguments') {
    if (last?.type !== event.type || last.block !== event.block || last.choice !== event.choice) return false;
    events[events.length - 1] = { ...last, json: last.json + event.json };
    return true;
  }
  if (event.type !== 'text' && event.type !== 'thinking' && event.type !== 'refusal') return false;
  if (last?.type !== event.type || last.block !== event.block || last.choice !== event.choice) return false;
  events[events.length - 1] = { ...last, text: last.text + event.text };
  return true;
}
