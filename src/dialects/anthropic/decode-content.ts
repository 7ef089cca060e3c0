import type { DocumentPart, ImagePart, Message, Part, Source, TextPart, ToolResultPart } from '../../contract/request';
import { type Fields, invalid } from '../fields';
import { type Natives, noteExtras } from '../natives';

type Media = TextPart | ImagePart | DocumentPart;
type DocumentSource = DocumentPart['source'];

const TEXT_FIELDS = new Set(['type', 'text', 'cache_control', 'citations']);
const IMAGE_FIELDS = new Set(['type', 'source', 'cache_control']);
const DOCUMENT_FIELDS = new Set(['type', 'source', 'title', 'cache_control']);
const THINKING_FIELDS = new Set(['type', 'thinking', 'signature']);
const REDACTED_FIELDS = new Set(['type', 'data']);
const TOOL_USE_FIELDS = new Set(['type', 'id', 'name', 'input', 'cache_control', 'caller']);
const TOOL_RESULT_FIELDS = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control']);

/** The content of a message: a string, or blocks. Blocks that the vocabulary does not know become extras. */
export function decodeParts(message: Fields, role: Message['role'], natives: Natives): Part[] {
  if (typeof message.raw('content') === 'string') return textOf(message, 'content');
  const parts: Part[] = [];
  for (const block of message.required('content', message.objects('content'))) {
    const part = decodeBlock(block, role, natives);
    if (part) parts.push(part);
  }
  return parts;
}

/** The top-level instructions: a string, or text blocks. */
export function decodeSystem(request: Fields, natives: Natives): Part[] {
  if (request.raw('system') === undefined) return [];
  if (typeof request.raw('system') === 'string') return textOf(request, 'system');
  const blocks = request.objects('system') ?? [];
  return blocks.map((block) => {
    requireText(block, typeOf(block));
    return decodeText(block, natives);
  });
}

function textOf(fields: Fields, key: string): TextPart[] {
  const text = fields.string(key);
  return text ? [{ type: 'text', text }] : [];
}

function decodeBlock(block: Fields, role: Message['role'], natives: Natives): Part | undefined {
  const type = typeOf(block);
  if (role === 'system') requireText(block, type);
  switch (type) {
    case 'thinking':
      requireRole('assistant', role, block, type);
      noteExtras(block, THINKING_FIELDS, natives);
      return {
        type: 'thinking',
        text: block.required('thinking', block.string('thinking')),
        signature: block.string('signature') || undefined,
      };
    case 'redacted_thinking':
      requireRole('assistant', role, block, type);
      noteExtras(block, REDACTED_FIELDS, natives);
      return { type: 'redacted_thinking', data: block.required('data', block.string('data')) };
    case 'tool_use':
      requireRole('assistant', role, block, type);
      return decodeToolUse(block, natives);
    case 'tool_result':
      requireRole('user', role, block, type);
      return decodeToolResult(block, natives);
    default:
      return decodeMedia(block, type, natives);
  }
}

function requireText(block: Fields, type: string): void {
  if (type !== 'text') throw invalid(block.at('type'), 'instructions must be text');
}

function requireRole(wanted: Message['role'], role: Message['role'], block: Fields, type: string): void {
  if (role !== wanted) throw invalid(block.at('type'), `${type} belongs in ${wanted} messages`);
}

function decodeMedia(block: Fields, type: string, natives: Natives): Media | undefined {
  switch (type) {
    case 'text':
      return decodeText(block, natives);
    case 'image':
      return decodeImage(block, natives);
    case 'document':
      return decodeDocument(block, natives);
    default:
      natives.extras.push(block.path);
      return undefined;
  }
}

function decodeText(block: Fields, natives: Natives): TextPart {
  noteExtras(block, TEXT_FIELDS, natives);
  if (block.raw('citations') !== undefined) natives.hints.push(block.at('citations'));
  return {
    type: 'text',
    text: block.required('text', block.string('text')),
    cacheControl: block.json('cache_control'),
  };
}

function decodeImage(block: Fields, natives: Natives): ImagePart | undefined {
  const source = decodeSource(block, natives);
  if (!source) return undefined;
  if (source.kind === 'text') throw invalid(block.at('source'), 'an image is not text');
  noteExtras(block, IMAGE_FIELDS, natives);
  return { type: 'image', source, cacheControl: block.json('cache_control') };
}

function decodeDocument(block: Fields, natives: Natives): DocumentPart | undefined {
  const source = decodeSource(block, natives);
  if (!source) return undefined;
  noteExtras(block, DOCUMENT_FIELDS, natives);
  return { type: 'document', source, name: block.string('title'), cacheControl: block.json('cache_control') };
}

function decodeSource(block: Fields, natives: Natives): Source | DocumentSource | undefined {
  const source = block.required('source', block.child('source'));
  switch (typeOf(source)) {
    case 'base64': {
      const mediaType = source.required('media_type', source.string('media_type'));
      return { kind: 'base64', mediaType, data: source.required('data', source.string('data')) };
    }
    case 'url':
      return { kind: 'url', url: source.required('url', source.string('url')) };
    case 'file':
      return { kind: 'file', id: source.required('file_id', source.string('file_id')) };
    case 'text':
      return { kind: 'text', text: source.required('data', source.string('data')) };
    default:
      natives.extras.push(source.path);
      return undefined;
  }
}

function decodeToolUse(block: Fields, natives: Natives): Part {
  noteExtras(block, TOOL_USE_FIELDS, natives);
  const caller = block.child('caller');
  if (caller && caller.raw('type') !== 'direct') natives.extras.push(caller.path);
  return {
    type: 'tool_call',
    id: filled(block, 'id'),
    name: filled(block, 'name'),
    arguments: JSON.stringify(block.required('input', block.json('input'))),
    cacheControl: block.json('cache_control'),
  };
}

function decodeToolResult(block: Fields, natives: Natives): ToolResultPart {
  noteExtras(block, TOOL_RESULT_FIELDS, natives);
  return {
    type: 'tool_result',
    toolCallId: filled(block, 'tool_use_id'),
    parts: decodeResultContent(block, natives),
    isError: block.boolean('is_error'),
    cacheControl: block.json('cache_control'),
  };
}

function decodeResultContent(block: Fields, natives: Natives): Media[] {
  if (typeof block.raw('content') === 'string') return textOf(block, 'content');
  const parts: Media[] = [];
  for (const inner of block.objects('content') ?? []) {
    const part = decodeMedia(inner, typeOf(inner), natives);
    if (part) parts.push(part);
  }
  return parts;
}

function typeOf(fields: Fields): string {
  return fields.required('type', fields.string('type'));
}

function filled(fields: Fields, key: string): string {
  const value = fields.required(key, fields.string(key));
  if (!value) throw invalid(fields.at(key), 'must not be empty');
  return value;
}
