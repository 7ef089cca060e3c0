import type { JsonObject } from '../../contract/json';
import { asText } from '../tolerant';

/** One event as server-sent-event text. */
export function writeFrame(event: JsonObject): string {
  return `event: ${asText(event.type)}\ndata: ${JSON.stringify(event)}\n\n`;
}
