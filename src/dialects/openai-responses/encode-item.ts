import type { Json, JsonObject } from '../../contract/json';
import type { DocumentPart, ImagePart, Message, Part, TextPart, ToolResultPart } from '../../contract/request';
import { writeDataUrl } from './data-url';

type ContentPart = Exclude<Part, { type: 'tool_call' | 'tool_result' | 'thinking' | 'redacted_thinking' }>;

/** The input items of one message. Thoughts of other vendors are left out: this API takes only its own. */
export function encodeMessage({ role, parts }: Message): JsonObject[] {
  const items: JsonObject[] = [];
  let content: ContentPart[] = [];
  const flush = (): void => {
    if (content.length) items.push({ type: 'message', role, content: encodeContent(role, content) });
    content = [];
  };
  for (const part of parts) {
    if (part.type === 'thinking' || part.type === 'redacted_thinking') continue;
    if (part.type === 'tool_call') {
      flush();
      items.push({ type: 'function_call', call_id: part.id, name: part.name, arguments: part.arguments || '{}' });
    } else if (part.type === 'tool_result') {
      flush();
      items.push(encodeToolResult(part));
    } else content.push(part);
  }
  flush();
  return items;
}

function encodeContent(role: Message['role'], parts: readonly ContentPart[]): Json {
  const [first] = parts;
  if (parts.length === 1 && first.type === 'text') return first.text;
  return parts.map((part): JsonObject => {
    if (part.type === 'refusal') return { type: 'refusal', refusal: part.text };
    if (part.type === 'text' && role === 'assistant') return { type: 'output_text', text: part.text };
    return encodeInputPart(part);
  });
}

function encodeToolResult({ toolCallId, parts }: ToolResultPart): JsonObject {
  const [first] = parts;
  const plain = parts.length <= 1 && (first === undefined || first.type === 'text');
  const output = plain ? (first?.text ?? '') : parts.map(encodeInputPart);
  return { type: 'function_call_output', call_id: toolCallId, output };
}

function encodeInputPart(part: TextPart | ImagePart | DocumentPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return { type: 'input_image', detail: part.detail ?? 'auto', ...imageSource(part.source) };
    case 'document':
      return encodeDocument(part);
  }
}

function imageSource(source: ImagePart['source']): JsonObject {
  if (source.kind === 'file') return { file_id: source.id };
  return { image_url: source.kind === 'url' ? source.url : writeDataUrl(source) };
}

function encodeDocument({ source, name }: DocumentPart): JsonObject {
  switch (source.kind) {
    case 'text':
      return { type: 'input_text', text: source.text };
    case 'url':
      return { type: 'input_file', file_url: source.url };
    case 'file':
      return { type: 'input_file', file_id: source.id };
    case 'base64':
      // data without a file name is refused
      return { type: 'input_file', filename: name ?? defaultName(source.mediaType), file_data: writeDataUrl(source) };
  }
}

function defaultName(mediaType: string): string {
  return mediaType === 'application/pdf' ? 'document.pdf' : 'document';
}
