import { GatewayError } from '../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { NO_USAGE, type ReplyEvent, UNKNOWN_USAGE, type Usage } from '../../contract/reply';
import type { StreamDecoder } from '../codec';
import { RepeatedFrame } from '../repeated-frame';
import type { SseFrame } from '../sse';
import { decodeBlock, decodeStart, text } from './decode-block';
import { malformed, providerError } from './error';
import { decodeFinish } from './stop-reason';
import { decodeUsage, isCounted } from './usage';

const NOTHING: readonly ReplyEvent[] = [];

interface DeltaRule {
  readonly field: string;
  /** The event that opens the only kind of block this delta fits. */
  readonly opening: ReplyEvent['type'];
  readonly event: (block: number, fragment: string) => ReplyEvent;
}

const DELTAS = new Map<Json | undefined, DeltaRule>([
  ['text_delta', { field: 'text', opening: 'text', event: (block, text) => ({ type: 'text', block, text }) }],
  [
    'input_json_delta',
    { field: 'partial_json', opening: 'tool_call', event: (block, json) => ({ type: 'tool_arguments', block, json }) },
  ],
  [
    'thinking_delta',
    { field: 'thinking', opening: 'thinking', event: (block, text) => ({ type: 'thinking', block, text }) },
  ],
  [
    'signature_delta',
    {
      field: 'signature',
      opening: 'thinking',
      event: (block, signature) => ({ type: 'thinking_signature', block, signature }),
    },
  ],
]);

export class MessageStreamDecoder implements StreamDecoder {
  used: Usage = NO_USAGE;
  private counted = false;
  private started = false;
  private finished = false;
  private ended = false;
  /** The event that opened each block. */
  private readonly openings = new Map<number, ReplyEvent['type']>();
  private readonly repeated = new RepeatedFrame();

  decode(frame: SseFrame): { readonly events: readonly ReplyEvent[]; readonly forward: boolean } {
    if (!frame.data || this.ended) return { events: NOTHING, forward: true };
    const text = this.repeated.read(frame);
    if (text) return { events: [text], forward: true };
    const events = this.read(parse(frame.data));
    this.repeated.note(frame, events);
    return { events, forward: true };
  }

  end(): readonly ReplyEvent[] {
    if (this.ended) return NOTHING;
    if (!this.finished) throw new GatewayError('provider_failed', 'The provider cut the answer off');
    return this.close();
  }

  private read(data: JsonObject): readonly ReplyEvent[] {
    switch (text(data.type)) {
      case 'content_block_delta':
        return this.delta(this.blockOf(data), data.delta);
      case 'content_block_start':
        return this.open(this.blockOf(data), data.content_block);
      case 'message_start':
        return this.start(data.message);
      case 'message_delta':
        return this.finish(data);
      case 'message_stop':
        if (!this.started) throw malformed();
        return this.close();
      case 'error':
        throw providerError(data);
      default:
        return NOTHING;
    }
  }

  private start(message: Json | undefined): readonly ReplyEvent[] {
    const start = decodeStart(message);
    if (this.started) throw malformed();
    this.started = true;
    // it only knows the prompt: the count of an answer that has not begun is a placeholder
    this.used = { ...(start.usage ?? NO_USAGE), outputTokens: 0 };
    return [start];
  }

  private open(block: number, content: Json | undefined): readonly ReplyEvent[] {
    if (this.openings.has(block)) throw malformed();
    const events = decodeBlock(content, block);
    this.openings.set(block, events[0].type);
    return events;
  }

  private delta(block: number, delta: Json | undefined): readonly ReplyEvent[] {
    const opening = this.openings.get(block);
    if (!opening || !isObject(delta)) throw malformed();
    const rule = DELTAS.get(delta.type);
    if (!rule || opening === 'native') return NOTHING;
    const fragment = text(delta[rule.field]);
    if (opening !== rule.opening) throw malformed();
    return fragment ? [rule.event(block, fragment)] : NOTHING;
  }

  private finish(data: JsonObject): readonly ReplyEvent[] {
    if (!this.started || !isObject(data.delta)) throw malformed();
    this.used = decodeUsage(data.usage, this.used);
    this.counted ||= isCounted(data.usage);
    if (typeof data.delta.stop_reason !== 'string' || this.finished) return NOTHING;
    this.finished = true;
    return [decodeFinish(data.delta.stop_reason, data.delta.stop_sequence)];
  }

  private close(): readonly ReplyEvent[] {
    this.ended = true;
    const end: ReplyEvent = { type: 'end', usage: this.counted ? this.used : UNKNOWN_USAGE };
    return this.finished ? [end] : [decodeFinish(undefined, undefined), end];
  }

  private blockOf(data: JsonObject): number {
    const { index } = data;
    if (!this.started || !Number.isSafeInteger(index)) throw malformed();
    return index as number;
  }
}

function parse(data: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    throw malformed();
  }
  if (!isObject(parsed)) throw malformed();
  return parsed;
}
