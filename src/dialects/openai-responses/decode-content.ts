import type { DocumentPart, ImagePart, Part, Source, TextPart } from '../../contract/request';
import { Fields, invalid } from '../fields';
import type { Natives } from '../natives';
import { readDataUrl } from './data-url';

type InputPart = TextPart | ImagePart | DocumentPart;

// what a finished answer says about its text means nothing as input
const TEXT_FIELDS = new Set(['type', 'text', 'annotations', 'logprobs']);
const REFUSAL_FIELDS = new Set(['type', 'refusal']);
const IMAGE_FIELDS = new Set(['type', 'image_url', 'file_id', 'detail']);
const FILE_FIELDS = new Set(['type', 'file_data', 'filename', 'file_url', 'file_id']);
const HINTS = new Set(['prompt_cache_breakpoint', 'detail']);

/** The content of a message. Parts that the vocabulary does not know become extras. */
export function decodeMessageContent(message: Fields, natives: Natives): Part[] {
  return decodeContent<Part>(message, 'content', natives, (part) =>
    part.string('type') === 'refusal' ? decodeRefusal(part, natives) : decodeInputPart(part, natives),
  );
}

/** What a function returned. */
export function decodeOutputContent(item: Fields, natives: Natives): InputPart[] {
  return decodeContent<InputPart>(item, 'output', natives, (part) => decodeInputPart(part, natives));
}

function decodeContent<P extends Part>(
  item: Fields,
  key: string,
  natives: Natives,
  decode: (part: Fields) => P | undefined,
): (P | TextPart)[] {
  const content = item.required(key, item.raw(key));
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw invalid(item.at(key), 'expected a string or a list of parts');
  const parts: P[] = [];
  for (const part of item.objects(key) ?? []) {
    const decoded = decode(part);
    if (decoded) parts.push(decoded);
    else natives.extras.push(part.path);
  }
  return parts;
}

function decodeInputPart(part: Fields, natives: Natives): InputPart | undefined {
  switch (part.required('type', part.string('type'))) {
    case 'input_text':
    case 'output_text':
    case 'text':
      noteOthers(part, TEXT_FIELDS, natives);
      return { type: 'text', text: part.required('text', part.string('text')) };
    case 'input_image':
      return decodeImage(part, natives);
    case 'input_file':
      return decodeFile(part, natives);
    default:
      return undefined;
  }
}

function decodeRefusal(part: Fields, natives: Natives): Part {
  noteOthers(part, REFUSAL_FIELDS, natives);
  return { type: 'refusal', text: part.required('refusal', part.string('refusal')) };
}

function decodeImage(part: Fields, natives: Natives): ImagePart {
  noteOthers(part, IMAGE_FIELDS, natives);
  const detail = part.string('detail');
  return { type: 'image', source: imageSource(part), ...(detail && { detail }) };
}

function imageSource(part: Fields): Source {
  const url = part.string('image_url');
  if (!url) return { kind: 'file', id: part.required('image_url', part.string('file_id')) };
  const source = webUrl(url) ?? readDataUrl(url);
  if (!source) throw invalid(part.at('image_url'), 'expected an http(s) URL or a base64 data URL');
  return source;
}

function decodeFile(part: Fields, natives: Natives): DocumentPart | undefined {
  noteOthers(part, FILE_FIELDS, natives);
  const name = part.string('filename');
  const source = fileSource(part);
  return source && { type: 'document', source, ...(name && { name }) };
}

/** Undefined for data in a form that has no media type. */
function fileSource(part: Fields): Source | undefined {
  const data = part.string('file_data');
  if (data) return readDataUrl(data);
  const url = part.string('file_url');
  if (!url) return { kind: 'file', id: part.required('file_data', part.string('file_id')) };
  const source = webUrl(url);
  if (!source) throw invalid(part.at('file_url'), 'expected an http(s) URL');
  return source;
}

function webUrl(url: string): Source | undefined {
  return /^https?:\/\//i.test(url) ? { kind: 'url', url } : undefined;
}

function noteOthers(part: Fields, known: ReadonlySet<string>, natives: Natives): void {
  for (const path of part.others(known)) {
    const isHint = HINTS.has(path.slice(part.path.length + 1));
    (isHint ? natives.hints : natives.extras).push(path);
  }
}
