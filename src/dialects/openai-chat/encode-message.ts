import type { Json, JsonObject } from '../../contract/json';
import type { DocumentPart, ImagePart, Message, Part, ToolResultPart } from '../../contract/request';
import type { Losses } from './losses';
import { present } from '../present';

type Place = 'user messages' | 'assistant messages' | 'system messages' | 'tool results';

/** One vocabulary message is several of Chat's when it holds tool results: each is a message of its own there. */
export function encodeMessage(message: Message, losses: Losses): JsonObject[] {
  if (message.role === 'assistant') return [encodeAssistant(message, losses)];
  if (message.role === 'user') return encodeUser(message, losses);
  const content = textOrParts(encodeParts(message.parts, 'system messages', losses));
  return [present({ role: 'system', content, name: message.name })];
}

function encodeUser(message: Message, losses: Losses): JsonObject[] {
  const results = message.parts.filter((part) => part.type === 'tool_result');
  const rest = message.parts.filter((part) => part.type !== 'tool_result');
  const messages: JsonObject[] = results.map((result) => encodeToolResult(result, losses));
  if (rest.length || !results.length) {
    const content = textOrParts(encodeParts(rest, 'user messages', losses));
    messages.push(present({ role: 'user', content, name: message.name }));
  }
  return messages;
}

function encodeToolResult(result: ToolResultPart, losses: Losses): JsonObject {
  if (result.isError) losses.dropped.add('tool_result.is_error');
  noteCacheControl(result, losses);
  const content = textOrParts(encodeParts(result.parts, 'tool results', losses));
  return { role: 'tool', tool_call_id: result.toolCallId, content };
}

function encodeAssistant(message: Message, losses: Losses): JsonObject {
  const calls: JsonObject[] = [];
  const said: Part[] = [];
  let refusal: string | undefined;
  for (const part of message.parts) {
    if (part.type === 'refusal') refusal = (refusal ?? '') + part.text;
    else if (part.type === 'tool_call') {
      noteCacheControl(part, losses);
      calls.push({ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } });
    } else said.push(part);
  }
  const parts = encodeParts(said, 'assistant messages', losses);
  const silent = !parts.length && (calls.length > 0 || refusal !== undefined);
  return present({
    role: 'assistant',
    content: silent ? null : textOrParts(parts),
    name: message.name,
    refusal,
    tool_calls: calls.length ? calls : undefined,
  });
}

function encodeParts(parts: readonly Part[], place: Place, losses: Losses): JsonObject[] {
  return parts.map((part) => encodePart(part, place, losses)).filter((part) => part !== undefined);
}

function encodePart(part: Part, place: Place, losses: Losses): JsonObject | undefined {
  noteCacheControl(part, losses);
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return encodeImage(part, place, losses);
    case 'document':
      return encodeDocument(part, place, losses);
    case 'thinking':
    case 'redacted_thinking':
      // a proof of the provider that thought it; worth nothing to another
      losses.dropped.add('thinking');
      return undefined;
    case 'refusal':
    case 'tool_call':
    case 'tool_result':
      losses.missing.add(`${part.type} in ${place}`);
      return undefined;
  }
}

function encodeImage({ source, detail }: ImagePart, place: Place, losses: Losses): JsonObject | undefined {
  if (place !== 'user messages') losses.missing.add(`images in ${place}`);
  if (source.kind === 'file') {
    losses.missing.add('images given by file id');
    return undefined;
  }
  const url = source.kind === 'url' ? source.url : dataUrl(source.mediaType, source.data);
  return { type: 'image_url', image_url: present({ url, detail }) };
}

function encodeDocument({ source, name }: DocumentPart, place: Place, losses: Losses): JsonObject | undefined {
  if (source.kind === 'text') return { type: 'text', text: source.text };
  if (place !== 'user messages') losses.missing.add(`documents in ${place}`);
  if (source.kind !== 'base64') {
    losses.missing.add(source.kind === 'url' ? 'documents given by URL' : 'documents given by file id');
    return undefined;
  }
  const filename = name ?? (source.mediaType === 'application/pdf' ? 'document.pdf' : 'document');
  return { type: 'file', file: { filename, file_data: dataUrl(source.mediaType, source.data) } };
}

function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}

/** OpenAI caches by itself; the caller learns that the marks had no effect. */
function noteCacheControl(part: Part, losses: Losses): void {
  if ('cacheControl' in part && part.cacheControl) losses.dropped.add('cache_control');
}

/** A single text stands as a plain string, which every server understands. */
function textOrParts(parts: readonly JsonObject[]): Json {
  if (!parts.length) return '';
  return parts.length === 1 && parts[0].type === 'text' ? parts[0].text : parts;
}
