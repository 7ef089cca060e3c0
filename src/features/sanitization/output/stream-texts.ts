import type { ReplyEvent } from '../../../contract/reply';

export type Spoken = Extract<ReplyEvent, { type: 'text' | 'thinking' | 'refusal' | 'tool_arguments' }>;

/** Changes a text that comes in pieces, and may hold some of it back. */
export interface TextFilter {
  push(piece: string): string;
  /** What was held back, after the last piece. */
  end(): string;
}

interface Open {
  readonly filters: readonly TextFilter[];
  /** The newest event of the text. */
  last: Spoken;
}

/** Leads each text of an answer – of each choice, block and kind – through filters of its own, and asks them for the rest when it is over. */
export class StreamTexts {
  /** By choice, block and kind. */
  private readonly open = new Map<string, Open>();
  /** The one of them that was spoken last. */
  private newest: Open | undefined;

  constructor(private readonly filtersOf: (kind: Spoken['type']) => readonly TextFilter[]) {}

  /** What is handed on in place of events that came together. */
  all(events: readonly ReplyEvent[]): readonly ReplyEvent[] {
    return events.length === 1 ? this.next(events[0]) : events.flatMap((event) => this.next(event));
  }

  /** What is handed on in place of an event. */
  next(event: ReplyEvent): readonly ReplyEvent[] {
    switch (event.type) {
      case 'text':
      case 'thinking':
      case 'refusal':
      case 'tool_arguments':
        // nearly always the text goes on that was spoken last
        if (this.newest && isSameText(this.newest.last, event) && this.open.size === 1) return said(this.newest, event);
        return [...this.rest(({ last }) => isOver(last, event)), ...this.spoken(event)];
      case 'tool_call':
        return [...this.rest(({ last }) => isOver(last, event)), event];
      case 'thinking_signature':
      case 'redacted_thinking':
      case 'native':
        return [...this.rest(({ last }) => isSameChoice(last, event) && last.type !== 'tool_arguments'), event];
      case 'finish':
        return [...this.rest(({ last }) => isSameChoice(last, event)), event];
      case 'end':
        return [...this.rest(() => true), event];
      case 'start':
      case 'embedding':
      case 'token_count':
        return [event];
    }
  }

  private spoken(event: Spoken): ReplyEvent[] {
    const key = `${event.choice ?? 0}/${event.block}/${event.type}`;
    let open = this.open.get(key);
    if (!open) this.open.set(key, (open = { filters: this.filtersOf(event.type), last: event }));
    this.newest = open;
    return said(open, event);
  }

  private rest(isOverNow: (open: Open) => boolean): ReplyEvent[] {
    const events: ReplyEvent[] = [];
    for (const [key, open] of this.open)
      if (isOverNow(open)) {
        this.open.delete(key);
        if (open === this.newest) this.newest = undefined;
        // what one filter lets go of at last passes those after it
        const text = open.filters.reduce((rest, filter) => filter.push(rest) + filter.end(), '');
        events.push(...saying(open.last, text));
      }
    return events;
  }
}

/** What becomes of an event of a text. */
function said(open: Open, event: Spoken): ReplyEvent[] {
  open.last = event;
  const before = textOf(event);
  // some providers open a text with an empty one
  if (before === '') return [event];
  let text = before;
  for (const filter of open.filters) text = filter.push(text);
  return text === before ? [event] : saying(event, text);
}

function isSameText(one: Spoken, other: Spoken): boolean {
  return one.type === other.type && one.block === other.block && isSameChoice(one, other);
}

/** A text is over when another block begins; calls of tools are told side by side. */
function isOver(last: Spoken, event: { readonly choice?: number; readonly block: number }): boolean {
  return last.type !== 'tool_arguments' && isSameChoice(last, event) && last.block !== event.block;
}

function isSameChoice(one: { readonly choice?: number }, other: { readonly choice?: number }): boolean {
  return (one.choice ?? 0) === (other.choice ?? 0);
}

function textOf(event: Spoken): string {
  return event.type === 'tool_arguments' ? event.json : event.text;
}

function saying(event: Spoken, text: string): ReplyEvent[] {
  if (text === '') return [];
  return [event.type === 'tool_arguments' ? { ...event, json: text } : { ...event, text }];
}
