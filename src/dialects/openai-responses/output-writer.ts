import type { JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { FunctionCallItem } from './function-call-item';
import { itemId } from './ids';
import { MessageItem } from './message-item';
import { type Callee, namespacedFunctions } from './namespace';
import type { ItemStatus, OutputItem } from './output-item';
import { ReasoningItem } from './reasoning-item';
import { wantsSeals } from './response-object';

/**
 * Turns blocks into output items. Items may be open at the same time, as blocks may interleave; only a thought is over as
 * soon as something else is said, since clients show that the model thinks for as long as it is open.
 */
export class OutputWriter {
  private readonly sealsThoughts: boolean;
  private readonly namespaced: ReadonlyMap<string, Callee>;
  private readonly items: OutputItem[] = [];
  private readonly byBlock = new Map<number, OutputItem>();
  private thought?: { readonly block: number; readonly item: ReasoningItem };

  constructor(
    private readonly responseId: string,
    request: JsonObject,
  ) {
    this.sealsThoughts = wantsSeals(request);
    this.namespaced = namespacedFunctions(request);
  }

  /** The stream events that tell of `event`. Other answers than the first have no place in this dialect. */
  write(event: ReplyEvent): JsonObject[] {
    if (!('block' in event) || event.choice) return [];
    const interrupted = this.thought && this.thought.block !== event.block ? this.closeThought() : [];
    return [...interrupted, ...this.writeContent(event)];
  }

  /** Ends every item. `status` is that of the last one: it is where an incomplete answer breaks off. */
  close(status: ItemStatus): JsonObject[] {
    return this.items.flatMap((item) => item.close(item === this.items.at(-1) ? status : 'completed'));
  }

  json(): JsonObject[] {
    return this.items.map((item) => item.json());
  }

  private writeContent(event: Extract<ReplyEvent, { block: number }>): JsonObject[] {
    switch (event.type) {
      case 'text':
        return this.say(event.block, 'output_text', event.text);
      case 'refusal':
        return this.say(event.block, 'refusal', event.text);
      case 'tool_call':
        return this.call(event);
      case 'tool_arguments':
        return this.argue(event.block, event.json);
      case 'native':
        return [];
      case 'thinking':
      case 'thinking_signature':
      case 'redacted_thinking':
        return this.think(event);
    }
  }

  private say(block: number, kind: 'output_text' | 'refusal', text: string): JsonObject[] {
    if (!text) return [];
    const opened = this.byBlock.has(block)
      ? []
      : this.add(block, (index) => new MessageItem(this.id('msg', index), index, kind));
    const item = this.byBlock.get(block);
    return item instanceof MessageItem ? [...opened, ...item.add(text)] : opened;
  }

  private call({ block, id, name }: Extract<ReplyEvent, { type: 'tool_call' }>): JsonObject[] {
    const callee = this.namespaced.get(name) ?? { name };
    return this.add(block, (index) => new FunctionCallItem(this.id('fc', index), index, id, callee));
  }

  private argue(block: number, json: string): JsonObject[] {
    const item = this.byBlock.get(block);
    return json && item instanceof FunctionCallItem ? item.add(json) : [];
  }

  private think(
    event: Extract<ReplyEvent, { type: 'thinking' | 'thinking_signature' | 'redacted_thinking' }>,
  ): JsonObject[] {
    const opened = this.thought ? [] : this.addThought(event.block);
    const item = this.thought?.item;
    if (event.type === 'thinking_signature') item?.sign(event.signature);
    else if (event.type === 'redacted_thinking') item?.redact(event.data);
    else if (event.text && item) return [...opened, ...item.add(event.text)];
    return opened;
  }

  private addThought(block: number): JsonObject[] {
    const index = this.items.length;
    const item = new ReasoningItem(this.id('rs', index), index, this.sealsThoughts);
    this.thought = { block, item };
    return this.add(block, () => item);
  }

  private closeThought(): JsonObject[] {
    const closed = this.thought?.item.close('completed') ?? [];
    this.thought = undefined;
    return closed;
  }

  private add(block: number, make: (index: number) => OutputItem): JsonObject[] {
    const item = make(this.items.length);
    this.items.push(item);
    this.byBlock.set(block, item);
    return item.open();
  }

  private id(prefix: 'msg' | 'rs' | 'fc', index: number): string {
    return itemId(prefix, this.responseId, index);
  }
}
