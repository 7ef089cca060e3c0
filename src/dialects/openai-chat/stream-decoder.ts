import { GatewayError } from '../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { type ReplyEvent, UNKNOWN_USAGE, type Usage } from '../../contract/reply';
import type { StreamDecoder } from '../codec';
import { RepeatedFrame } from '../repeated-frame';
import type { SseFrame } from '../sse';
import { ChoiceDecoder } from './choice-decoder';
import { providerError } from './provider-error';
import { asCount, asObject, asObjects, asText } from '../tolerant';
import { decodeUsage } from './usage';

type Decoded = ReturnType<StreamDecoder['decode']>;

const NOTHING: Decoded = { events: [], forward: true };

export class ChatStreamDecoder implements StreamDecoder {
  private readonly choices = new Map<number, ChoiceDecoder>();
  private readonly repeated = new RepeatedFrame();
  /** The caller did not ask for the usage chunk; the gateway did. */
  private readonly hidesUsage: boolean;
  private started = false;
  private done = false;
  private id = '';
  used: Usage | undefined;

  constructor(body?: JsonObject) {
    this.hidesUsage = asObject(body?.stream_options).include_usage !== true;
  }

  decode(frame: SseFrame): Decoded {
    // whatever follows the end is nobody's answer
    if (this.done) return { events: [], forward: false };
    if (!frame.data) return NOTHING;
    const text = this.repeated.read(frame);
    if (text) return { events: [text], forward: true };
    const decoded = this.parsed(frame);
    this.repeated.note(frame, decoded.events);
    return decoded;
  }

  end(): readonly ReplyEvent[] {
    if (this.done) return [];
    const finished = [...this.choices.values()].every((choice) => choice.finished);
    if (!this.choices.size || !finished) throw this.cutOff();
    return this.finishAll();
  }

  private parsed(frame: SseFrame): Decoded {
    if (frame.data.trim() === '[DONE]') return { events: this.finishAll(), forward: true };
    const chunk = parse(frame.data);
    if (chunk.error ?? frame.event === 'error') throw providerError(chunk.error ?? chunk);
    return this.chunk(chunk);
  }

  private chunk(chunk: JsonObject): Decoded {
    const choices = asObjects(chunk.choices);
    this.used = decodeUsage(chunk.usage) ?? this.used;
    const events = this.start(chunk, choices.length > 0);
    for (const choice of choices) for (const event of this.choice(choice)) events.push(event);
    return { events, forward: !(isObject(chunk.usage) && !choices.length && this.hidesUsage) };
  }

  private start(chunk: JsonObject, hasChoices: boolean): ReplyEvent[] {
    const id = asText(chunk.id);
    // some servers send a chunk of their own first, without id, model or choices
    if (this.started || (!id && !hasChoices)) return [];
    this.started = true;
    this.id = id;
    return [{ type: 'start', id, model: asText(chunk.model) }];
  }

  private choice(choice: JsonObject): ReplyEvent[] {
    const decoder = this.decoderOf(asCount(choice.index));
    const events = decoder.delta(asObject(choice.delta));
    if (isObject(choice.logprobs)) events.push(...decoder.native('logprobs'));
    if (choice.finish_reason) events.push(...decoder.finish(choice.finish_reason));
    return events;
  }

  private decoderOf(index: number): ChoiceDecoder {
    let decoder = this.choices.get(index);
    if (!decoder) this.choices.set(index, (decoder = new ChoiceDecoder(index, this.id)));
    return decoder;
  }

  /** After `[DONE]`, choices that never said why they stopped have stopped. */
  private finishAll(): ReplyEvent[] {
    if (!this.started) throw this.cutOff();
    this.done = true;
    const finishes = [...this.choices.values()].flatMap((choice) => (choice.finished ? [] : choice.finish('stop')));
    return [...finishes, { type: 'end', usage: this.used ?? UNKNOWN_USAGE }];
  }

  private cutOff(): GatewayError {
    return new GatewayError('provider_failed', 'The provider cut the answer off');
  }
}

function parse(data: string): JsonObject {
  let chunk: Json;
  try {
    chunk = JSON.parse(data) as Json;
  } catch {
    throw new GatewayError('provider_failed', 'The provider sent a stream chunk that is not JSON');
  }
  if (!isObject(chunk)) throw new GatewayError('provider_failed', 'The provider sent a stream chunk that is no object');
  return chunk;
}
