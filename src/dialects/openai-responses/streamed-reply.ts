import type { GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { withUsage } from '../../contract/with-usage';
import { asObjects, asText } from '../tolerant';
import { OutputReader } from './output-reader';
import { nonsense, providerError } from './provider-error';
import { readEnd, readStart } from './reply-status';
import { decodeUsage } from './usage';

/** The meaning of a stream's completed events, in order. */
export class StreamedReply {
  private readonly output = new OutputReader();
  private hasStarted = false;
  private hasEnded = false;

  get isOver(): boolean {
    return this.hasEnded;
  }

  read(event: JsonObject): ReplyEvent[] {
    if (this.hasEnded) return [];
    switch (asText(event.type)) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return this.start(response(event));
      case 'response.completed':
      case 'response.incomplete':
        return this.finish(response(event), event.type === 'response.incomplete');
      case 'response.failed':
      case 'response.cancelled':
        throw failed(response(event));
      default:
        return this.hasStarted ? this.readContent(event) : [];
    }
  }

  private readContent(event: JsonObject): ReplyEvent[] {
    const { output } = this;
    switch (asText(event.type)) {
      case 'response.output_item.added':
        return output.open(place(event), item(event));
      case 'response.output_item.done':
        return output.close(place(event), item(event));
      case 'response.output_text.delta':
        return output.say('text', place(event), content(event), event.delta);
      case 'response.output_text.done':
        return output.sayOnce('text', place(event), content(event), event.text);
      case 'response.refusal.delta':
        return output.say('refusal', place(event), content(event), event.delta);
      case 'response.refusal.done':
        return output.sayOnce('refusal', place(event), content(event), event.refusal);
      case 'response.function_call_arguments.delta':
        return output.argue(place(event), event.delta);
      default:
        return this.readThought(event);
    }
  }

  private readThought(event: JsonObject): ReplyEvent[] {
    const { output } = this;
    switch (asText(event.type)) {
      case 'response.reasoning_summary_text.delta':
        return output.say('thinking', place(event), summary(event), event.delta);
      case 'response.reasoning_summary_text.done':
        return output.sayOnce('thinking', place(event), summary(event), event.text);
      case 'response.reasoning_text.delta':
        return output.say('thinking', place(event), content(event), event.delta);
      case 'response.reasoning_text.done':
        return output.sayOnce('thinking', place(event), content(event), event.text);
      default:
        return [];
    }
  }

  private start(of: JsonObject): ReplyEvent[] {
    if (this.hasStarted) return [];
    this.hasStarted = true;
    return [readStart(of)];
  }

  private finish(of: JsonObject, isIncomplete: boolean): ReplyEvent[] {
    const started = this.start(of);
    // some servers stream nothing and put the whole answer here
    const whole = this.output.isEmpty
      ? asObjects(of.output).flatMap((one, index) => this.output.close(index, one))
      : [];
    const status = isIncomplete || of.status === 'incomplete' ? 'incomplete' : 'completed';
    const ended = readEnd({ ...of, status }, this.output.calledTools);
    this.hasEnded = true;
    return [...started, ...whole, ...ended];
  }
}

function failed({ error, usage }: JsonObject): GatewayError {
  return withUsage(providerError(error), decodeUsage(usage));
}

function response(event: JsonObject): JsonObject {
  if (isObject(event.response)) return event.response;
  throw nonsense('an event without its response');
}

function item(event: JsonObject): JsonObject {
  if (isObject(event.item)) return event.item;
  throw nonsense('an event without its item');
}

function place(event: JsonObject): number {
  return index(event.output_index);
}

function content(event: JsonObject): string {
  return `content${index(event.content_index)}`;
}

function summary(event: JsonObject): string {
  return `summary${index(event.summary_index)}`;
}

function index(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw nonsense('an event out of place');
}
