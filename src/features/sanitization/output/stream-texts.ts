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

  constructor(private readonly filtersOf: (kind: Spoken['type']) => readonly TextFilter[]) {}

  /** What is handed on in place of an event. */
  next(event: ReplyEvent): readonly ReplyEvent[] {
    switch (event.type) {
      case 'text':
      case 'thinking':
      case 'refusal':
      case 'tool_arguments':
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
    if (open) open.last = event;
    else this.open.set(key, (open = { filters: this.filtersOf(event.type), last: event }));
    const said = textOf(event);
    // some providers open a text with an empty one
    if (said === '') return [event];
    return saying(
      event,
      open.filters.reduce((text, filter) => filter.push(text), said),
    );
  }

  private rest(isOverNow: (open: Open) => boolean): ReplyEvent[] {
    const events: ReplyEvent[] = [];
    for (const [key, open] of this.open)
      if (isOverNow(open)) {
        this.open.delete(key);
        // what one filter lets go of at last passes those after it
        const text = open.filters.reduce((rest, filter) => filter.push(rest) + filter.end(), '');
        events.push(...saying(open.last, text));
      }
    return events;
  }
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
