import { GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import type { FinishReason } from '../../contract/reply';
import type { ChoiceEvent } from './choice-event';
import { decodeFinishReason } from './finish-reason';
import { asObject, asObjects, asText } from '../tolerant';

interface ToolCall {
  readonly block: number;
  id: string;
  /** Empty until the provider has said it; nothing is told of the call before. */
  name: string;
  /** Arguments that came before the name. */
  held: string;
}

/** Content that the vocabulary does not know, by its field in a message or delta. */
const NATIVE_FIELDS = ['audio', 'function_call', 'annotations'] as const;

/** Follows one choice of a reply. A complete message and the deltas of a stream have the same fields. */
export class ChoiceDecoder {
  private readonly blocks = new Map<string, number>();
  private readonly calls = new Map<number, ToolCall>();
  private nextBlock = 0;
  private events: ChoiceEvent[] = [];
  finished = false;

  constructor(
    private readonly choice: number,
    private readonly replyId: string,
  ) {}

  message(message: JsonObject): ChoiceEvent[] {
    const blocks = asObjects(message.thinking_blocks);
    if (blocks.length) for (const block of blocks) this.thinkingBlock(block, asText(block.thinking));
    else this.text('thinking', asText(message.reasoning_content) || asText(message.reasoning));
    return this.content(message);
  }

  delta(delta: JsonObject): ChoiceEvent[] {
    this.text('thinking', asText(delta.reasoning_content) || asText(delta.reasoning));
    // by then the text of a block has usually been streamed
    for (const block of asObjects(delta.thinking_blocks))
      this.thinkingBlock(block, this.blocks.has('thinking') ? '' : asText(block.thinking));
    return this.content(delta);
  }

  native(name: string): ChoiceEvent[] {
    this.push({ type: 'native', name, block: this.block(`native ${name}`) });
    return this.take();
  }

  finish(reason: unknown): ChoiceEvent[] {
    if (this.finished) return [];
    this.finished = true;
    let decoded: FinishReason = decodeFinishReason(reason);
    for (const call of this.calls.values()) {
      if (call.held) throw new GatewayError('provider_failed', 'The provider sent a tool call without a name');
      // OpenAI itself says `stop` when the caller had chosen the tool
      if (call.name && decoded === 'stop') decoded = 'tool_calls';
    }
    this.push({ type: 'finish', reason: decoded });
    return this.take();
  }

  private content(message: JsonObject): ChoiceEvent[] {
    this.text('text', asText(message.content));
    this.text('refusal', asText(message.refusal));
    for (const [position, call] of asObjects(message.tool_calls).entries()) this.toolCall(call, position);
    for (const name of NATIVE_FIELDS) {
      const value = message[name];
      if (Array.isArray(value) ? value.length : isObject(value))
        this.push({ type: 'native', name, block: this.block(`native ${name}`) });
    }
    return this.take();
  }

  private text(type: 'text' | 'thinking' | 'refusal', text: string): void {
    if (text) this.push({ type, text, block: this.block(type) });
  }

  private thinkingBlock(block: JsonObject, text: string): void {
    if (block.type === 'redacted_thinking') {
      this.push({ type: 'redacted_thinking', data: asText(block.data), block: this.nextBlock++ });
      return;
    }
    this.text('thinking', text);
    const signature = asText(block.signature);
    if (!signature) return;
    this.push({ type: 'thinking_signature', signature, block: this.block('thinking') });
    // what is signed is complete: more thinking is another thought
    this.blocks.delete('thinking');
  }

  private toolCall(delta: JsonObject, position: number): void {
    if (isObject(delta.custom)) {
      this.push({ type: 'native', name: 'custom', block: this.block(`native custom ${position}`) });
      return;
    }
    const fn = asObject(delta.function);
    const call = this.callFor(delta, asText(fn.name), position);
    const opens = !call.name && asText(fn.name) !== '';
    call.id ||= asText(delta.id);
    call.name ||= asText(fn.name);
    call.held += isObject(fn.arguments) ? JSON.stringify(fn.arguments) : asText(fn.arguments);
    if (!call.name) return;
    const { block, name } = call;
    if (opens) this.push({ type: 'tool_call', id: call.id || this.inventedId(block), name, block });
    if (call.held) this.push({ type: 'tool_arguments', json: call.held, block });
    call.held = '';
  }

  /** Some servers leave `index` out, or give every parallel call index 0: a new id with a name is then a new call. */
  private callFor(delta: JsonObject, name: string, position: number): ToolCall {
    const index = Number.isSafeInteger(delta.index) ? (delta.index as number) : position;
    const known = this.calls.get(index);
    const id = asText(delta.id);
    if (known && !(name && id && known.id && id !== known.id)) return known;
    const call = { block: this.nextBlock++, id: '', name: '', held: '' };
    this.calls.set(index, call);
    return call;
  }

  private inventedId(block: number): string {
    return `call_${this.replyId.replace('chatcmpl-', '')}_${this.choice ? `${this.choice}_` : ''}${block}`;
  }

  private block(key: string): number {
    let block = this.blocks.get(key);
    if (block === undefined) this.blocks.set(key, (block = this.nextBlock++));
    return block;
  }

  private push(event: ChoiceEvent): void {
    this.events.push(this.choice ? { ...event, choice: this.choice } : event);
  }

  private take(): ChoiceEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }
}
