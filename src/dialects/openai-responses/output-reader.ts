import type { JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { asObjects, asText } from '../tolerant';
import { nonsense } from './provider-error';
import { unseal } from './seal';

type Said = 'text' | 'refusal' | 'thinking';

/**
 * Reads output items, as they grow or when they are whole, and never says the same thing twice: what came as deltas is not
 * repeated when its item is done, what did not come is told then. Items and parts are addressed as the API does.
 */
export class OutputReader {
  private readonly blocks = new Map<string, number>();
  private readonly called = new Set<number>();
  private readonly argued = new Set<number>();
  private readonly closed = new Set<number>();

  get calledTools(): boolean {
    return this.called.size > 0;
  }

  get isEmpty(): boolean {
    return !this.blocks.size && !this.closed.size;
  }

  open(index: number, item: JsonObject): ReplyEvent[] {
    const type = asText(item.type);
    if (type === 'message' || type === 'reasoning') return [];
    if (type === 'function_call') return this.call(index, item);
    if (this.blocks.has(key(index))) return [];
    return [{ type: 'native', name: type, block: this.block(key(index)) }];
  }

  /** `part` is the place inside the item: `content` or `summary` and its index. */
  say(type: Said, index: number, part: string, text: unknown): ReplyEvent[] {
    if (typeof text !== 'string') throw nonsense('a delta without text');
    return text ? [{ type, text, block: this.block(key(index, part)) }] : [];
  }

  /** The whole text of a part, of which nothing may have come before. */
  sayOnce(type: Said, index: number, part: string, text: unknown): ReplyEvent[] {
    return this.blocks.has(key(index, part)) ? [] : this.say(type, index, part, asText(text));
  }

  argue(index: number, json: unknown): ReplyEvent[] {
    if (typeof json !== 'string') throw nonsense('arguments that are no text');
    if (!this.called.has(index)) throw nonsense('arguments of no tool call');
    if (!json) return [];
    this.argued.add(index);
    return [{ type: 'tool_arguments', json, block: this.block(key(index)) }];
  }

  argueOnce(index: number, json: unknown): ReplyEvent[] {
    return this.argued.has(index) ? [] : this.argue(index, asText(json));
  }

  close(index: number, item: JsonObject): ReplyEvent[] {
    if (this.closed.has(index)) return [];
    this.closed.add(index);
    switch (asText(item.type)) {
      case 'message':
        return asObjects(item.content).flatMap((part, i) =>
          part.type === 'refusal'
            ? this.sayOnce('refusal', index, `content${i}`, part.refusal)
            : this.sayOnce('text', index, `content${i}`, part.text),
        );
      case 'reasoning':
        return this.closeReasoning(index, item);
      case 'function_call':
        return this.closeCall(index, item);
      default:
        return this.open(index, item);
    }
  }

  private call(index: number, item: JsonObject): ReplyEvent[] {
    const id = asText(item.call_id);
    const name = asText(item.name);
    // said when the item is done at the latest
    if (this.called.has(index) || !id || !name) return [];
    this.called.add(index);
    return [{ type: 'tool_call', id, name, block: this.block(key(index)) }];
  }

  private closeCall(index: number, item: JsonObject): ReplyEvent[] {
    const opened = this.call(index, item);
    if (!this.called.has(index)) throw nonsense('a tool call without a name');
    return [...opened, ...this.argueOnce(index, item.arguments)];
  }

  private closeReasoning(index: number, item: JsonObject): ReplyEvent[] {
    const events: ReplyEvent[] = [];
    for (const part of ['summary', 'content'])
      asObjects(item[part]).forEach(({ text }, i) =>
        events.push(...this.sayOnce('thinking', index, `${part}${i}`, text)),
      );
    // only another gateway's seal can be opened
    const proof = unseal(asText(item.encrypted_content));
    if (proof?.signature !== undefined)
      events.push({
        type: 'thinking_signature',
        signature: proof.signature,
        block: this.block(key(index, 'summary0')),
      });
    if (proof?.data !== undefined)
      events.push({ type: 'redacted_thinking', data: proof.data, block: this.block(key(index)) });
    return events;
  }

  private block(at: string): number {
    const known = this.blocks.get(at);
    if (known !== undefined) return known;
    this.blocks.set(at, this.blocks.size);
    return this.blocks.size - 1;
  }
}

function key(index: number, part = ''): string {
  return `${index}/${part}`;
}
