import type { ReplyEvent } from '../contract/reply';

/** Characters of an answer that are compared. */
const MOST = 50_000;

/** The text of a first answer, while it passes. */
export class HeardAnswer {
  private heard = '';

  observe(event: ReplyEvent): void {
    if (this.heard.length >= MOST || ('choice' in event && (event.choice ?? 0) !== 0)) return;
    if (event.type === 'text' || event.type === 'refusal') this.heard += event.text;
    else if (event.type === 'tool_call') this.heard += ` ${event.name} `;
    else if (event.type === 'tool_arguments') this.heard += event.json;
  }

  get text(): string {
    return this.heard;
  }
}
