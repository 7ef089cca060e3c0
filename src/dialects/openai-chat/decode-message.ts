import type { Message, Part, RedactedThinkingPart, ThinkingPart, ToolCallPart } from '../../contract/request';
import { Fields, invalid } from '../fields';
import { ASSISTANT_PARTS, decodeContent, type PartDecoders, TEXT_PARTS, USER_PARTS } from './decode-content';
import { type Natives, noteExtras, noteHints } from '../natives';

const PLAIN_FIELDS = new Set(['role', 'content', 'name', 'cache_control']);
// a tool's name repeats what its call says
const TOOL_FIELDS = new Set([...PLAIN_FIELDS, 'tool_call_id']);
// parts of an answer that tell the model something; whatever else clients send back with it is a remark of theirs
const ANSWER_EXTRAS = ['audio', 'function_call'];
const ASSISTANT_FIELDS = new Set([
  ...PLAIN_FIELDS,
  'tool_calls',
  'refusal',
  'reasoning_content',
  'reasoning',
  'thinking_blocks',
  'annotations',
  ...ANSWER_EXTRAS,
]);

/** Undefined for a message of a kind that the vocabulary does not know. */
export function decodeMessage(message: Fields, natives: Natives): Message | undefined {
  switch (message.required('role', message.string('role'))) {
    case 'system':
    case 'developer':
      return plain(message, 'system', TEXT_PARTS, natives);
    case 'user':
      return plain(message, 'user', USER_PARTS, natives);
    case 'assistant':
      return decodeAssistant(message, natives);
    case 'tool':
      return decodeToolResult(message, natives);
    case 'function':
      natives.extras.push(message.path);
      return undefined;
    default:
      throw invalid(message.at('role'), 'must be one of system, developer, user, assistant, tool, function');
  }
}

function plain(message: Fields, role: Message['role'], decoders: PartDecoders<Part>, natives: Natives): Message {
  noteExtras(message, PLAIN_FIELDS, natives);
  const parts = message.required('content', decodeContent(message, decoders, natives));
  return withName(message, { role, parts: marked(message, parts) });
}

function decodeToolResult(message: Fields, natives: Natives): Message {
  noteExtras(message, TOOL_FIELDS, natives);
  const toolCallId = message.required('tool_call_id', message.string('tool_call_id'));
  const parts = message.required('content', decodeContent(message, TEXT_PARTS, natives));
  return { role: 'user', parts: marked(message, [{ type: 'tool_result', toolCallId, parts }]) };
}

function decodeAssistant(message: Fields, natives: Natives): Message {
  const notedBefore = natives.extras.length + natives.hints.length;
  for (const key of ANSWER_EXTRAS) if (message.raw(key) !== undefined) natives.extras.push(message.at(key));
  noteHints(message, ASSISTANT_FIELDS, natives);
  // clients send our answers back: an empty list of annotations says nothing
  if (message.list('annotations')?.length) natives.hints.push(message.at('annotations'));
  const content = decodeContent(message, ASSISTANT_PARTS, natives);
  const refusal = message.string('refusal');
  const calls = decodeToolCalls(message, natives);
  const parts: Part[] = decodeThinking(message, natives).concat(
    // beside tool calls an empty text is only another way to write none
    calls.length && message.raw('content') === '' ? [] : (content ?? []),
    refusal ? [{ type: 'refusal', text: refusal }] : [],
    calls,
  );
  if (!parts.length && natives.extras.length + natives.hints.length === notedBefore)
    throw invalid(message.at('content'), 'is required unless tool_calls are given');
  return withName(message, { role: 'assistant', parts: marked(message, parts) });
}

function decodeThinking(message: Fields, natives: Natives): Part[] {
  const text = message.string('reasoning_content') ?? message.string('reasoning');
  const blocks = message.objects('thinking_blocks');
  if (!blocks?.length) return text ? [{ type: 'thinking', text }] : [];
  return blocks.flatMap((block) => decodeThinkingBlock(block) ?? (natives.extras.push(block.path), []));
}

function decodeThinkingBlock(block: Fields): ThinkingPart | RedactedThinkingPart | undefined {
  const type = block.required('type', block.string('type'));
  if (type === 'redacted_thinking') return { type, data: block.required('data', block.string('data')) };
  if (type !== 'thinking') return undefined;
  const signature = block.string('signature');
  return { type, text: block.required('thinking', block.string('thinking')), ...(signature && { signature }) };
}

const CALL_FIELDS = new Set(['id', 'type', 'function', 'index', 'cache_control']);
const FUNCTION_FIELDS = new Set(['name', 'arguments']);
function decodeToolCalls(message: Fields, natives: Natives): ToolCallPart[] {
  const calls: ToolCallPart[] = [];
  for (const call of message.objects('tool_calls') ?? []) {
    if ((call.string('type') ?? 'function') === 'function') calls.push(decodeToolCall(call, natives));
    else natives.extras.push(call.path);
  }
  return calls;
}

function decodeToolCall(call: Fields, natives: Natives): ToolCallPart {
  const id = call.required('id', call.string('id'));
  const fn = call.required('function', call.child('function'));
  noteHints(call, CALL_FIELDS, natives);
  noteHints(fn, FUNCTION_FIELDS, natives);
  const name = fn.required('name', fn.string('name'));
  const cacheControl = call.json('cache_control');
  const args = fn.required('arguments', fn.string('arguments'));
  return { type: 'tool_call', id, name, arguments: args, ...(cacheControl && { cacheControl }) };
}

function withName(message: Fields, decoded: Message): Message {
  const name = message.string('name');
  return name ? { ...decoded, name } : decoded;
}

/** A `cache_control` of the whole message marks the end of its last part. */
function marked(message: Fields, parts: Part[]): Part[] {
  const cacheControl = message.json('cache_control');
  const last = parts.at(-1);
  if (
    !cacheControl ||
    !last ||
    last.type === 'thinking' ||
    last.type === 'redacted_thinking' ||
    last.type === 'refusal'
  )
    return parts;
  return [...parts.slice(0, -1), { ...last, cacheControl }];
}
