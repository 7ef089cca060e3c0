import type { JsonObject } from '../../contract/json';
import type { ChoiceEvent } from './choice-event';
import { encodeFinishReason } from './finish-reason';

/** An element of a chunk's `choices`, without its index. */
export interface ChoiceDelta {
  readonly delta: JsonObject;
  readonly finish_reason: string | null;
}

interface ToolCall {
  readonly index: number;
  hasArguments: boolean;
}

/** Spells the events of one choice as deltas. */
export class ChoiceEncoder {
  private readonly calls = new Map<number, ToolCall>();
  /** Thoughts by block: a signature goes out with the whole thought it signs. */
  private readonly thoughts = new Map<number, string>();
  private introduced = false;

  encode(event: ChoiceEvent): ChoiceDelta[] {
    if (event.type === 'finish')
      return [
        ...this.emptyArguments(),
        ...this.introduction(),
        { delta: {}, finish_reason: encodeFinishReason(event.reason) },
      ];
    const delta = this.delta(event);
    return delta ? [this.introduce(delta)] : [];
  }

  private delta(event: Exclude<ChoiceEvent, { type: 'finish' }>): JsonObject | undefined {
    switch (event.type) {
      case 'text':
        return { content: event.text };
      case 'refusal':
        return { refusal: event.text };
      case 'thinking':
        this.thoughts.set(event.block, (this.thoughts.get(event.block) ?? '') + event.text);
        return { reasoning_content: event.text };
      case 'thinking_signature': {
        const thinking = this.thoughts.get(event.block) ?? '';
        return { thinking_blocks: [{ type: 'thinking', thinking, signature: event.signature }] };
      }
      case 'redacted_thinking':
        return { thinking_blocks: [{ type: 'redacted_thinking', data: event.data }] };
      case 'tool_call':
        return this.openToolCall(event.block, event.id, event.name);
      case 'tool_arguments':
        return this.toolArguments(event.block, event.json);
      case 'native':
        return undefined;
    }
  }

  private openToolCall(block: number, id: string, name: string): JsonObject {
    const index = this.calls.size;
    this.calls.set(block, { index, hasArguments: false });
    return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] };
  }

  private toolArguments(block: number, json: string): JsonObject | undefined {
    const call = this.calls.get(block);
    if (!call) return undefined;
    call.hasArguments = true;
    return { tool_calls: [{ index: call.index, function: { arguments: json } }] };
  }

  /** Clients parse the arguments: a call without any gets an empty object. */
  private emptyArguments(): ChoiceDelta[] {
    const deltas: ChoiceDelta[] = [];
    for (const { index, hasArguments } of this.calls.values())
      if (!hasArguments)
        deltas.push({ delta: { tool_calls: [{ index, function: { arguments: '{}' } }] }, finish_reason: null });
    return deltas;
  }

  private introduction(): ChoiceDelta[] {
    return this.introduced ? [] : [this.introduce({ content: '' })];
  }

  /** The first delta of a choice says who speaks. */
  private introduce(delta: JsonObject): ChoiceDelta {
    if (this.introduced) return { delta, finish_reason: null };
    this.introduced = true;
    return { delta: { role: 'assistant', ...delta }, finish_reason: null };
  }
}
