import type { GatewayError } from '../../contract/errors';
import { NO_USAGE, type ReplyEvent, type Usage } from '../../contract/reply';
import type { ReplyContext, StreamEncoder } from '../codec';
import { BlockWriter, frame } from './block-writer';
import { encodeError } from './error';
import { emptyMessage, stopFields } from './message';
import { StopState } from './stop-reason';
import { encodeDeltaUsage } from './usage';

type Start = Extract<ReplyEvent, { type: 'start' }>;

export class MessageStreamEncoder implements StreamEncoder {
  private readonly blocks = new BlockWriter();
  private readonly stop = new StopState();
  /** `message_delta` is on the wire already. */
  private stopped = false;

  constructor(private readonly context: ReplyContext) {}

  encode(events: readonly ReplyEvent[]): string {
    let written = '';
    for (const event of events) if (isSpelt(event)) written += this.spell(event);
    return written;
  }

  pass(events: readonly ReplyEvent[]): void {
    for (const event of events) {
      this.stop.note(event);
      if ('block' in event) this.blocks.track(event);
      else if (event.type === 'finish') {
        this.blocks.finish();
        this.stopped = true;
      }
    }
  }

  error(error: GatewayError): string {
    return `event: error\ndata: ${JSON.stringify(encodeError(error, this.context.requestId))}\n\n`;
  }

  private spell(event: ReplyEvent): string {
    this.stop.note(event);
    if ('block' in event) return this.blocks.write(event);
    if (event.type === 'start') return frame({ type: 'message_start', message: messageOf(event) });
    if (event.type === 'finish') return this.blocks.finish();
    return event.type === 'end' ? this.end(event.usage) : '';
  }

  private end(usage: Usage): string {
    const stop = frame({ type: 'message_stop' });
    if (this.stopped) return stop;
    const delta = { type: 'message_delta', delta: stopFields(this.stop), usage: encodeDeltaUsage(usage) } as const;
    return this.blocks.finish() + frame(delta) + stop;
  }
}

/** Several answers have no spelling here: the first one is told. */
function isSpelt(event: ReplyEvent): boolean {
  return !('choice' in event) || !event.choice;
}

/** Some clients add these output tokens to the final ones, so they stay as small as Anthropic's own. */
function messageOf({ id, model, usage = NO_USAGE }: Start) {
  return emptyMessage(id, model, { ...usage, outputTokens: 1, thinkingTokens: undefined });
}
