import { isObject, type JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { OutputReader } from './output-reader';
import { nonsense, providerError } from './provider-error';
import { readEnd, readStart } from './reply-status';

export function decodeReply(body: JsonObject): ReplyEvent[] {
  if (isObject(body.error)) throw providerError(body.error);
  const output: unknown = body.output;
  if (!Array.isArray(output)) throw nonsense('a response without output');
  const reader = new OutputReader();
  const events = output.flatMap((item: unknown, index) => {
    if (!isObject(item)) throw nonsense('an output item that is no object');
    return reader.close(index, item);
  });
  return [readStart(body), ...events, ...readEnd(body, reader.calledTools)];
}
