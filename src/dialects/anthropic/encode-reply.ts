import { GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import { NO_USAGE, type ReplyEvent, type Usage } from '../../contract/reply';
import type { ReplyContext } from '../codec';
import { emptyMessage, redactedBlock, stopFields, textBlock, thinkingBlock, toolUseBlock } from './message';
import { StopState } from './stop-reason';

type BlockEvent = Extract<ReplyEvent, { block: number }>;

/** A content block while its events are collected. */
interface Draft {
  /** The first one: it says what the block is. */
  readonly event: BlockEvent;
  body: string;
  signature: string;
}

export function encodeReply(events: readonly ReplyEvent[], context: ReplyContext): JsonObject {
  const drafts = new Map<number, Draft>();
  const stop = new StopState();
  let id = context.requestId;
  let model = '';
  let usage: Usage = NO_USAGE;
  for (const event of events) {
    if ('choice' in event && event.choice) continue;
    stop.note(event);
    if (event.type === 'start') ({ id, model } = event);
    else if (event.type === 'end') usage = event.usage;
    else if ('block' in event) collect(drafts, event);
  }
  const blocks = [...drafts].sort(([a], [b]) => a - b).map(([, draft]) => spell(draft, stop));
  return { ...emptyMessage(id, model, usage), content: blocks.filter((block) => !!block), ...stopFields(stop) };
}

function collect(drafts: Map<number, Draft>, event: BlockEvent): void {
  let draft = drafts.get(event.block);
  if (!draft) drafts.set(event.block, (draft = { event, body: '', signature: '' }));
  if ('text' in event) draft.body += event.text;
  else if ('json' in event) draft.body += event.json;
  else if ('data' in event) draft.body += event.data;
  else if ('signature' in event) draft.signature += event.signature;
}

function spell({ event, body, signature }: Draft, stop: StopState) {
  if (event.type === 'tool_call') return toolUseBlock(event.id, event.name, parseInput(body, stop));
  if (event.type === 'redacted_thinking') return redactedBlock(body);
  if (body || signature) {
    if (event.type === 'thinking' || event.type === 'thinking_signature') return thinkingBlock(body, signature);
    if (event.type === 'text' || event.type === 'refusal') return textBlock(body);
  }
  return undefined;
}

function parseInput(json: string, stop: StopState): JsonObject {
  let input: unknown;
  try {
    input = json.trim() ? JSON.parse(json) : {};
  } catch {
    // said below, without the text
  }
  if (isObject(input)) return input;
  // the answer was cut inside the call; clients see the stop reason and ask again
  if (stop.reason === 'max_tokens') return {};
  throw new GatewayError('provider_failed', 'The provider sent tool arguments that are not JSON');
}
