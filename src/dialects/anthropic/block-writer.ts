import type {
  ContentBlock,
  RawContentBlockDelta,
  RawMessageStreamEvent,
} from '@anthropic-ai/sdk/resources/messages/messages';
import type { ReplyEvent } from '../../contract/reply';
import { JsonProgress } from './json-progress';
import { redactedBlock, textBlock, thinkingBlock, toolUseBlock } from './message';

export type BlockEvent = Extract<ReplyEvent, { block: number }>;

interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'tool_use';
  /** The event's number, which the wire does not show. */
  readonly block: number;
  readonly index: number;
  /** How far the arguments of a tool call are. */
  readonly progress?: JsonProgress;
}

export function frame(event: RawMessageStreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/**
 * Spells content blocks one after the other, numbered without gaps, although their events may interleave. A text or
 * thought gives way to another block and goes on in a new one; a tool call keeps the others waiting until its arguments
 * are complete.
 */
export class BlockWriter {
  private open?: OpenBlock;
  private next = 0;
  private waiting: BlockEvent[] = [];

  write(event: BlockEvent): string {
    const { open } = this;
    if (open?.progress && !open.progress.complete && open.block !== event.block) {
      this.waiting.push(event);
      return '';
    }
    const written = this.spell(event);
    return this.waiting.length && this.open?.progress?.complete ? written + this.release() : written;
  }

  /** Closes the last block; nothing waits any longer. */
  finish(): string {
    let written = this.close();
    while (this.waiting.length) written += this.release() + this.close();
    return written;
  }

  /** The event is on the wire already, in a block with its own number. */
  track(event: BlockEvent): void {
    this.next = Math.max(this.next, event.block + 1);
    const kind = kindOf(event);
    if (!kind) this.open = undefined;
    else if (this.open?.block !== event.block || this.open.kind !== kind)
      this.open = openBlock(kind, event.block, event.block);
    if (event.type === 'tool_arguments') this.open?.progress?.push(event.json);
  }

  private release(): string {
    const events = this.waiting;
    this.waiting = [];
    let written = '';
    for (const event of events) written += this.write(event);
    return written;
  }

  private spell(event: BlockEvent): string {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return (
          event.text && this.into('text', event, textBlock('')) + this.delta({ type: 'text_delta', text: event.text })
        );
      case 'thinking':
        if (!event.text) return '';
        return this.intoThought(event) + this.delta({ type: 'thinking_delta', thinking: event.text });
      case 'thinking_signature':
        return this.intoThought(event) + this.delta({ type: 'signature_delta', signature: event.signature });
      case 'redacted_thinking':
        return this.close() + this.start(redactedBlock(event.data)) + this.stop(this.next - 1);
      case 'tool_call':
        return this.into('tool_use', event, toolUseBlock(event.id, event.name, {}));
      case 'tool_arguments':
        return this.argue(event.block, event.json);
      case 'native':
        return '';
    }
  }

  private intoThought(event: BlockEvent): string {
    return this.into('thinking', event, thinkingBlock('', ''));
  }

  /** Makes the event's block the open one. */
  private into(kind: OpenBlock['kind'], { block }: BlockEvent, content: ContentBlock): string {
    if (this.open?.block === block && this.open.kind === kind) return '';
    const written = this.close() + this.start(content);
    this.open = openBlock(kind, block, this.next - 1);
    return written;
  }

  /** Fragments of a call that is closed already can only be the blank rest of its line. */
  private argue(block: number, json: string): string {
    if (!json || this.open?.block !== block || !this.open.progress) return '';
    this.open.progress.push(json);
    return this.delta({ type: 'input_json_delta', partial_json: json });
  }

  private start(content: ContentBlock): string {
    return frame({ type: 'content_block_start', index: this.next++, content_block: content });
  }

  private delta(delta: RawContentBlockDelta): string {
    return this.open ? frame({ type: 'content_block_delta', index: this.open.index, delta }) : '';
  }

  private close(): string {
    if (!this.open) return '';
    const { index } = this.open;
    this.open = undefined;
    return this.stop(index);
  }

  private stop(index: number): string {
    return frame({ type: 'content_block_stop', index });
  }
}

function openBlock(kind: OpenBlock['kind'], block: number, index: number): OpenBlock {
  return { kind, block, index, progress: kind === 'tool_use' ? new JsonProgress() : undefined };
}

function kindOf(event: BlockEvent): OpenBlock['kind'] | undefined {
  switch (event.type) {
    case 'text':
    case 'refusal':
      return 'text';
    case 'thinking':
    case 'thinking_signature':
      return 'thinking';
    case 'tool_call':
    case 'tool_arguments':
      return 'tool_use';
    case 'redacted_thinking':
    case 'native':
      return undefined;
  }
}
