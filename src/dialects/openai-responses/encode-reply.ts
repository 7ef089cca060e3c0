import type { JsonObject } from '../../contract/json';
import { NO_USAGE, type FinishReason, type ReplyEvent, type Usage } from '../../contract/reply';
import type { ReplyContext } from '../codec';
import { OutputWriter } from './output-writer';
import { brokenOff, ResponseObject } from './response-object';

export function encodeReply(events: readonly ReplyEvent[], context: ReplyContext): JsonObject {
  const response = new ResponseObject(
    events.find((event) => event.type === 'start'),
    context,
  );
  const output = new OutputWriter(response.id, context.body);
  let reason: FinishReason = 'stop';
  let usage: Usage = NO_USAGE;
  for (const event of events) {
    if (event.type === 'finish' && !event.choice) reason = event.reason;
    else if (event.type === 'end') usage = event.usage;
    else output.write(event);
  }
  output.close(brokenOff(reason) ? 'incomplete' : 'completed');
  return response.finished(reason, output.json(), usage);
}
