import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { Cacheable, DocumentPart, ImagePart, Part, ToolCallPart, ToolResultPart } from '../../contract/request';
import { invalid } from '../fields';

/** A content block of a request. */
export type Block = JsonObject & { readonly type: string };

/** Leaves out what Anthropic refuses: blank texts, and thoughts without proof of origin. */
export function encodeParts(parts: readonly Part[], dropped: Set<string>): Block[] {
  const blocks: Block[] = [];
  for (const part of parts) {
    const block = encodePart(part, dropped);
    if (block) blocks.push(block);
  }
  return blocks;
}

/** A single plain text is spelt as a string. */
export function blocksOrText(blocks: readonly Block[]): Json {
  const [first] = blocks;
  return blocks.length === 1 && first.type === 'text' && !first.cache_control ? first.text : blocks;
}

function encodePart(part: Part, dropped: Set<string>): Block | undefined {
  switch (part.type) {
    case 'text':
      return isBlank(part.text) ? undefined : cached(part, { type: 'text', text: part.text });
    case 'refusal':
      return isBlank(part.text) ? undefined : { type: 'text', text: part.text };
    case 'image':
      return encodeImage(part, dropped);
    case 'document':
      return encodeDocument(part);
    case 'thinking':
      if (part.signature) return { type: 'thinking', thinking: part.text, signature: part.signature };
      dropped.add('thinking');
      return undefined;
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: part.data };
    case 'tool_call':
      return encodeToolCall(part);
    case 'tool_result':
      return encodeToolResult(part, dropped);
  }
}

function encodeImage(part: ImagePart, dropped: Set<string>): Block {
  if (part.detail && part.detail !== 'auto') dropped.add('image detail');
  return cached(part, { type: 'image', source: encodeSource(part.source) });
}

function encodeDocument(part: DocumentPart): Block {
  const source = encodeSource(part.source);
  return cached(part, part.name ? { type: 'document', source, title: part.name } : { type: 'document', source });
}

function encodeSource(source: DocumentPart['source']): JsonObject {
  switch (source.kind) {
    case 'base64':
      return { type: 'base64', media_type: registered(source.mediaType), data: source.data };
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return { type: 'file', file_id: source.id };
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text };
  }
}

/** Browsers and clients know JPEG by another name too; Anthropic does not. */
function registered(mediaType: string): string {
  return mediaType.toLowerCase() === 'image/jpg' ? 'image/jpeg' : mediaType;
}

function encodeToolCall(part: ToolCallPart): Block {
  const input = parseArguments(part.arguments);
  return cached(part, { type: 'tool_use', id: toolId(part.id), name: part.name, input });
}

function encodeToolResult(part: ToolResultPart, dropped: Set<string>): Block {
  const block: Record<string, Json> & Block = { type: 'tool_result', tool_use_id: toolId(part.toolCallId) };
  const content = encodeParts(part.parts, dropped);
  if (content.length) block.content = blocksOrText(content);
  if (part.isError) block.is_error = true;
  return cached(part, block);
}

function parseArguments(text: string): JsonObject {
  if (isBlank(text)) return {};
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    // said below, without the text
  }
  if (!isObject(input)) throw invalid('tool call arguments', 'expected a JSON object');
  return input;
}

/** Other vendors' ids may hold characters that Anthropic does not take. */
function toolId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function cached(part: Cacheable, block: Block): Block {
  return part.cacheControl ? { ...block, cache_control: part.cacheControl } : block;
}

function isBlank(text: string): boolean {
  return !/\S/.test(text);
}
