import type { JsonObject } from '../../contract/json';
import type { FinishReason } from '../../contract/reply';
import type { ChoiceEvent } from './choice-event';
import { encodeFinishReason } from './finish-reason';
import { present } from '../present';

/** A content block put together again from its events. */
interface Block {
  /** Text, thought or refusal; the data of a redacted thought; the arguments of a tool call. */
  text: string;
  readonly type: 'text' | 'thinking' | 'redacted_thinking' | 'refusal' | 'tool_call';
  readonly id?: string;
  readonly name?: string;
  signature?: string;
}

/** Puts the events of one choice together as an element of `choices`. */
export class ChoiceCollector {
  private readonly blocks = new Map<number, Block>();
  private reason: FinishReason = 'stop';

  constructor(private readonly index: number) {}

  add(event: ChoiceEvent): void {
    switch (event.type) {
      case 'text':
      case 'thinking':
      case 'refusal':
        this.block(event.block, event.type).text += event.text;
        break;
      case 'thinking_signature':
        this.block(event.block, 'thinking').signature = event.signature;
        break;
      case 'redacted_thinking':
        this.block(event.block, event.type).text += event.data;
        break;
      case 'tool_call':
        this.blocks.set(event.block, { type: event.type, id: event.id, name: event.name, text: '' });
        break;
      case 'tool_arguments':
        this.block(event.block, 'tool_call').text += event.json;
        break;
      case 'finish':
        this.reason = event.reason;
        break;
      case 'native':
    }
  }

  encode(): JsonObject {
    const finish_reason = encodeFinishReason(this.reason);
    return { index: this.index, message: this.message(), logprobs: null, finish_reason };
  }

  private message(): JsonObject {
    const blocks = [...this.blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => block);
    const refusal = joined(blocks, 'refusal');
    const calls = blocks.filter((block) => block.type === 'tool_call').map(encodeToolCall);
    return present({
      role: 'assistant',
      content: joined(blocks, 'text') ?? (calls.length || refusal ? null : ''),
      refusal: refusal ?? null,
      reasoning_content: joined(blocks, 'thinking') || undefined,
      thinking_blocks: encodeThinkingBlocks(blocks),
      tool_calls: calls.length ? calls : undefined,
    });
  }

  private block(number: number, type: Block['type']): Block {
    let block = this.blocks.get(number);
    if (!block) this.blocks.set(number, (block = { type, text: '' }));
    return block;
  }
}

function joined(blocks: readonly Block[], type: Block['type']): string | undefined {
  const texts = blocks.filter((block) => block.type === type).map((block) => block.text);
  return texts.length ? texts.join('') : undefined;
}

function encodeToolCall({ id = '', name = '', text }: Block): JsonObject {
  // clients parse the arguments: a call without any has an empty object
  return { id, type: 'function', function: { name, arguments: text || '{}' } };
}

/** Only where there is proof to give back; plain thoughts stand in `reasoning_content`. */
function encodeThinkingBlocks(blocks: readonly Block[]): JsonObject[] | undefined {
  if (!blocks.some((block) => block.signature ?? block.type === 'redacted_thinking')) return undefined;
  return blocks.flatMap((block): JsonObject[] => {
    if (block.type === 'redacted_thinking') return [{ type: block.type, data: block.text }];
    if (block.type !== 'thinking') return [];
    return [present({ type: block.type, thinking: block.text, signature: block.signature })];
  });
}
