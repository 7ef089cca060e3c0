import type { GatewayError } from '../../contract/errors';
import type { Json } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import type { ReplyContext, StreamEncoder } from '../codec';
import { encodeOpenAiError } from '../openai-error';
import { ChoiceEncoder } from './choice-encoder';
import { type ChoiceEvent, isChoiceEvent } from './choice-event';
import { completionId } from './completion-id';
import { asObject } from '../tolerant';
import { encodeUsage } from './usage';

export class ChatStreamEncoder implements StreamEncoder {
  private readonly choices = new Map<number, ChoiceEncoder>();
  private readonly includeUsage: boolean;
  private id = '';
  private model = '';

  constructor(private readonly context: ReplyContext) {
    this.includeUsage = asObject(context.body.stream_options).include_usage === true;
  }

  encode(events: readonly ReplyEvent[]): string {
    let sse = '';
    for (const event of events) sse += this.encodeEvent(event);
    return sse;
  }

  pass(events: readonly ReplyEvent[]): void {
    for (const event of events) {
      // the caller has seen the provider's own id
      if (event.type === 'start') this.start(event.id, event.model);
      else if (isChoiceEvent(event)) this.choiceOf(event.choice ?? 0).encode(event);
    }
  }

  error(error: GatewayError): string {
    return frame(encodeOpenAiError(error, this.context.requestId));
  }

  private encodeEvent(event: ReplyEvent): string {
    if (event.type === 'start') {
      this.start(completionId(event.id, this.context.requestId), event.model);
      return '';
    }
    if (event.type === 'end') {
      const usage = this.includeUsage ? this.chunk([], { usage: encodeUsage(event.usage) }) : '';
      return `${usage}data: [DONE]\n\n`;
    }
    return isChoiceEvent(event) ? this.encodeChoice(event) : '';
  }

  private encodeChoice(event: ChoiceEvent): string {
    const index = event.choice ?? 0;
    const others = this.includeUsage ? { usage: null } : {};
    let sse = '';
    for (const { delta, finish_reason } of this.choiceOf(index).encode(event))
      sse += this.chunk([{ index, delta, logprobs: null, finish_reason }], others);
    return sse;
  }

  private start(id: string, model: string): void {
    this.id = id;
    this.model = model;
  }

  private choiceOf(index: number): ChoiceEncoder {
    let choice = this.choices.get(index);
    if (!choice) this.choices.set(index, (choice = new ChoiceEncoder()));
    return choice;
  }

  private chunk(choices: Json, others: { readonly usage?: Json }): string {
    const { id, model } = this;
    return frame({ id, object: 'chat.completion.chunk', created: this.context.created, model, choices, ...others });
  }
}

function frame(data: Json): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
