import type { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import type { FinishReason, ReplyEvent, Usage } from '../../contract/reply';
import type { ReplyContext, StreamEncoder } from '../codec';
import { OutputWriter } from './output-writer';
import { brokenOff, ResponseObject, wantsSeals } from './response-object';
import { writeFrame } from './write-frame';

export class ResponsesStreamEncoder implements StreamEncoder {
  private sequence = 0;
  private reply?: { readonly response: ResponseObject; readonly output: OutputWriter };
  private reason: FinishReason = 'stop';
  private hasEnded = false;

  constructor(private readonly context: ReplyContext) {}

  encode(events: readonly ReplyEvent[]): string {
    return this.number(events.flatMap((event) => this.write(event)));
  }

  pass(events: readonly ReplyEvent[]): void {
    this.sequence += events.flatMap((event) => this.write(event)).length;
  }

  /** Clients of the vendor's SDK raise on `error`; others watch for `response.failed`. */
  error(error: GatewayError): string {
    if (this.hasEnded) return '';
    this.hasEnded = true;
    const { response } = this.reply ?? {};
    const failed = response ? [{ type: 'response.failed', response: response.failed(error) }] : [];
    const code = error.facts.providerCode ?? error.code;
    return this.number([...failed, { type: 'error', code, message: error.message, param: error.facts.param ?? null }]);
  }

  private number(events: readonly JsonObject[]): string {
    return events.map((event) => writeFrame({ ...event, sequence_number: this.sequence++ })).join('');
  }

  private write(event: ReplyEvent): JsonObject[] {
    if (this.hasEnded) return [];
    if (event.type === 'start') return this.start(event);
    if (event.type === 'finish') {
      if (!event.choice) this.reason = event.reason;
      return [];
    }
    return event.type === 'end' ? this.end(event.usage) : (this.reply?.output.write(event) ?? []);
  }

  private start(event: Extract<ReplyEvent, { type: 'start' }>): JsonObject[] {
    const response = new ResponseObject(event, this.context);
    this.reply = { response, output: new OutputWriter(response.id, wantsSeals(this.context.body)) };
    const snapshot = response.inProgress();
    return [
      { type: 'response.created', response: snapshot },
      { type: 'response.in_progress', response: snapshot },
    ];
  }

  private end(usage: Usage): JsonObject[] {
    this.hasEnded = true;
    if (!this.reply) return [];
    const { response, output } = this.reply;
    const status = brokenOff(this.reason) ? 'incomplete' : 'completed';
    const closed = output.close(status);
    return [...closed, { type: `response.${status}`, response: response.finished(this.reason, output.json(), usage) }];
  }
}
