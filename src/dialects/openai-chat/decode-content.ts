import type { DocumentPart, ImagePart, Part, RefusalPart, Source, TextPart } from '../../contract/request';
import { Fields, invalid } from '../fields';
import { type Natives, noteExtras, noteHint, noteHints } from '../natives';

/** Undefined for a part in a form that the vocabulary does not know. */
type PartDecoder<P extends Part> = (part: Fields, natives: Natives) => P | undefined;
/** By the part's `type`. */
export type PartDecoders<P extends Part> = ReadonlyMap<string, PartDecoder<P>>;

export const TEXT_PARTS: PartDecoders<TextPart> = new Map([['text', decodeText]]);
export const USER_PARTS: PartDecoders<TextPart | ImagePart | DocumentPart> = new Map<
  string,
  PartDecoder<TextPart | ImagePart | DocumentPart>
>([
  ['text', decodeText],
  ['image_url', decodeImage],
  ['file', decodeFile],
]);
export const ASSISTANT_PARTS: PartDecoders<TextPart | RefusalPart> = new Map<
  string,
  PartDecoder<TextPart | RefusalPart>
>([
  ['text', decodeAnswerText],
  ['refusal', decodeRefusal],
]);

/** A message's `content`: a string or a list of parts. Parts that `decoders` lacks become extras. Undefined when absent. */
export function decodeContent<P extends Part>(
  message: Fields,
  decoders: PartDecoders<P>,
  natives: Natives,
): (P | TextPart)[] | undefined {
  const content = message.raw('content');
  if (content === undefined) return undefined;
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw invalid(message.at('content'), 'expected a string or a list of parts');
  if (!content.length) throw invalid(message.at('content'), 'must not be empty');
  const parts: (P | TextPart)[] = [];
  for (let i = 0; i < content.length; i++) {
    const part = decodePart(Fields.of(content[i], `${message.at('content')}[${i}]`), decoders, natives);
    if (part) parts.push(part);
  }
  return parts;
}

function decodePart<P extends Part>(part: Fields, decoders: PartDecoders<P>, natives: Natives): P | undefined {
  const decoded = decoders.get(part.required('type', part.string('type')))?.(part, natives);
  if (decoded) noteHint(part, 'prompt_cache_breakpoint', natives);
  else natives.extras.push(part.path);
  return decoded;
}

const TEXT_FIELDS = partFields('text');
function decodeText(part: Fields, natives: Natives): TextPart {
  noteExtras(part, TEXT_FIELDS, natives);
  return readText(part);
}

/** What clients send back beside an answer's text (annotations, marks of their own) tells the model nothing. */
function decodeAnswerText(part: Fields, natives: Natives): TextPart {
  noteHints(part, TEXT_FIELDS, natives);
  return readText(part);
}

function readText(part: Fields): TextPart {
  return { type: 'text', text: part.required('text', part.string('text')), ...cacheControl(part) };
}

const REFUSAL_FIELDS = partFields('refusal');
function decodeRefusal(part: Fields, natives: Natives): RefusalPart {
  noteExtras(part, REFUSAL_FIELDS, natives);
  return { type: 'refusal', text: part.required('refusal', part.string('refusal')) };
}

const IMAGE_FIELDS = partFields('image_url');
const IMAGE_URL_FIELDS = new Set(['url', 'detail']);
function decodeImage(part: Fields, natives: Natives): ImagePart {
  noteExtras(part, IMAGE_FIELDS, natives);
  const image = part.required('image_url', part.child('image_url'));
  noteExtras(image, IMAGE_URL_FIELDS, natives);
  const detail = image.string('detail');
  return { type: 'image', source: imageSource(image), ...(detail && { detail }), ...cacheControl(part) };
}

function imageSource(image: Fields): Source {
  const url = image.required('url', image.string('url'));
  if (/^https?:\/\//i.test(url)) return { kind: 'url', url };
  const source = dataUrl(url);
  if (!source) throw invalid(image.at('url'), 'expected an http(s) URL or a base64 data URL');
  return source;
}

const FILE_PART_FIELDS = partFields('file');
const FILE_FIELDS = new Set(['file_data', 'file_id', 'filename']);
function decodeFile(part: Fields, natives: Natives): DocumentPart | undefined {
  noteExtras(part, FILE_PART_FIELDS, natives);
  const file = part.required('file', part.child('file'));
  noteExtras(file, FILE_FIELDS, natives);
  const name = file.string('filename');
  const id = file.string('file_id');
  const data = file.string('file_data');
  if (!id && !data) throw invalid(file.at('file_data'), 'is required unless file_id is given');
  const source: Source | undefined = data ? dataUrl(data) : { kind: 'file', id: id as string };
  return source && { type: 'document', source, ...(name && { name }), ...cacheControl(part) };
}

/** Reads `data:image/png;base64,…` without scanning the data. Undefined for anything else. */
function dataUrl(url: string): Source | undefined {
  // a header is short: never search megabytes of data for a comma that is not there
  const head = url.slice(0, 256);
  const comma = head.indexOf(',');
  if (comma < 0 || !/^data:[^;,]+(;[^;,]+)*;base64$/i.test(head.slice(0, comma))) return undefined;
  return { kind: 'base64', mediaType: head.slice(5, head.indexOf(';')).toLowerCase(), data: url.slice(comma + 1) };
}

function cacheControl(part: Fields): Pick<TextPart, 'cacheControl'> {
  const control = part.json('cache_control');
  return control ? { cacheControl: control } : {};
}

/** The fields of a part whose content stands under the name of its type. */
function partFields(type: string): ReadonlySet<string> {
  return new Set(['type', type, 'cache_control', 'prompt_cache_breakpoint']);
}
