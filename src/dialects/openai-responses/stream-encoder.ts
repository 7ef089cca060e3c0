import type { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import type { FinishReason, ReplyEvent, Usage } from '../../contract/reply';
import type { ReplyContext, StreamEncoder } from '../codec';
import { encodeOpenAiError } from '../openai-error';
import { asObject } from '../tolerant';
import { OutputWriter } from './output-writer';
import { brokenOff, ResponseObject } from './response-object';
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

  /**
   * Some clients watch for `response.failed`, others for the `error` event: flat as the schema has it, or with the error
   * nested as the vendor sends it. Its newer SDKs raise on the nested form alone.
   */
  error(error: GatewayError): string {
    if (this.hasEnded) return '';
    this.hasEnded = true;
    const { response } = this.reply ?? {};
    const failed = response ? [{ type: 'response.failed', response: response.failed(error) }] : [];
    const spelt = asObject(encodeOpenAiError(error, this.context.requestId).error);
    const { code = null, message = '', param = null } = spelt;
    return this.number([...failed, { type: 'error', code, message, param, error: spelt }]);
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
    this.reply = { response, output: new OutputWriter(response.id, this.context.body) };
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
