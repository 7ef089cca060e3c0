import type { Message, Part, ThinkingPart } from '../../contract/request';
import { Fields, invalid } from '../fields';
import { type Natives, noteExtras } from '../natives';
import { decodeMessageContent, decodeOutputContent } from './decode-content';
import { qualifiedName } from './namespace';
import { unseal } from './seal';

const ROLES = ['user', 'assistant', 'system', 'developer'] as const;

// ids, status and phase describe an item; they ask for nothing
const ITEM_FIELDS = ['type', 'id', 'status'];
const MESSAGE_FIELDS = new Set([...ITEM_FIELDS, 'role', 'content', 'phase']);
const CALL_FIELDS = new Set([...ITEM_FIELDS, 'call_id', 'name', 'namespace', 'arguments', 'caller']);
const OUTPUT_FIELDS = new Set([...ITEM_FIELDS, 'call_id', 'name', 'namespace', 'output', 'caller', 'created_by']);
const REASONING_FIELDS = new Set([...ITEM_FIELDS, 'summary', 'content', 'encrypted_content']);

/** `turn` items of one role that follow each other are one message; so are `result` items. */
export interface DecodedItem {
  readonly kind: 'message' | 'turn' | 'result';
  readonly role: Message['role'];
  readonly parts: Part[];
}

/** Undefined for an item of a kind that the vocabulary does not know. */
export function decodeItem(item: Fields, natives: Natives): DecodedItem | undefined {
  switch (item.string('type') ?? 'message') {
    case 'message':
      return decodeMessage(item, natives);
    case 'function_call':
      return decodeCall(item, natives);
    case 'function_call_output':
      return decodeCallOutput(item, natives);
    case 'reasoning':
      return decodeReasoning(item, natives);
    case 'item_reference':
      throw invalid(
        item.path,
        'item_reference needs stored responses, and none are stored here: send the item itself, as clients do with store: false',
      );
    default:
      natives.extras.push(item.path);
      return undefined;
  }
}

function decodeMessage(item: Fields, natives: Natives): DecodedItem {
  noteExtras(item, MESSAGE_FIELDS, natives);
  const role = item.required('role', item.oneOf('role', ROLES));
  const parts = decodeMessageContent(item, natives);
  if (role === 'assistant') return { kind: 'turn', role, parts };
  return { kind: 'message', role: role === 'user' ? 'user' : 'system', parts };
}

function decodeCall(item: Fields, natives: Natives): DecodedItem {
  noteExtras(item, CALL_FIELDS, natives);
  const id = item.required('call_id', item.string('call_id') || undefined);
  const name = qualifiedName({
    name: item.required('name', item.string('name') || undefined),
    namespace: item.string('namespace'),
  });
  const json = item.required('arguments', item.string('arguments'));
  return { kind: 'turn', role: 'assistant', parts: [{ type: 'tool_call', id, name, arguments: json }] };
}

function decodeCallOutput(item: Fields, natives: Natives): DecodedItem {
  noteExtras(item, OUTPUT_FIELDS, natives);
  const toolCallId = item.required('call_id', item.string('call_id') || undefined);
  const parts = decodeOutputContent(item, natives);
  return { kind: 'result', role: 'user', parts: [{ type: 'tool_result', toolCallId, parts }] };
}

function decodeReasoning(item: Fields, natives: Natives): DecodedItem {
  noteExtras(item, REASONING_FIELDS, natives);
  const texts = [...readTexts(item, 'summary'), ...readTexts(item, 'content')];
  const proof = unseal(item.string('encrypted_content') ?? '');
  const parts: Part[] = proof?.data === undefined ? [] : [{ type: 'redacted_thinking', data: proof.data }];
  // a signature vouches for the whole thought, so its pieces stay together
  if (proof?.signature !== undefined)
    parts.push({ type: 'thinking', text: texts.join(''), signature: proof.signature });
  else parts.push(...texts.map((text): ThinkingPart => ({ type: 'thinking', text })));
  return { kind: 'turn', role: 'assistant', parts };
}

function readTexts(item: Fields, key: string): string[] {
  return (item.objects(key) ?? []).map((part) => part.required('text', part.string('text')));
}
