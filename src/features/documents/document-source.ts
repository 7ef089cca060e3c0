import { GatewayError } from '../../contract/errors';
import { invalid } from '../../dialects/fields';
import { checkBytes, type Format, formatOf, MEDIA_TYPES } from './media-type';
import type { DocumentInput } from './tasks/document-input';

export interface DocumentBytes {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
  readonly format: Format;
  readonly name?: string | undefined;
}
export type DocumentSource = {
  /** Which field of the input it came in. */
  readonly field: 'text' | 'content' | 'file';
} & (DocumentBytes | { readonly kind: 'file'; readonly id: string });

/** Documents that were uploaded before. */
export abstract class DocumentFiles {
  /** @throws GatewayError `invalid_request` when the tenant has no such file, or it is of no known format */
  abstract read(tenantId: string, id: string): Promise<DocumentBytes>;
}

const KNOWN = Object.values(MEDIA_TYPES).join(', ');

/** Where the document is. @throws GatewayError `invalid_request` that names the field; `prompt_too_large` */
export function documentSource(input: DocumentInput, mostBytes: number): DocumentSource {
  const { text, content, file, media_type: mediaType, name } = input;
  if (file !== undefined) return { field: 'file', kind: 'file', id: file };
  if (text !== undefined) {
    const format = mediaType === undefined && !name ? 'text' : (formatOf(mediaType, name) ?? 'text');
    if (format !== 'text' && format !== 'markdown') throw invalid('media_type', 'a text is plain or Markdown');
    return bounded('text', Buffer.from(text), format, name, mostBytes);
  }
  const format = formatOf(mediaType, name);
  if (!format) throw invalid('media_type', `must be one of ${KNOWN}`);
  const bytes = Buffer.from(content ?? '', 'base64');
  const source = bounded('content', bytes, format, name, mostBytes);
  checkBytes(bytes, format, 'content');
  return source;
}

function bounded(
  field: 'text' | 'content',
  bytes: Uint8Array,
  format: Format,
  name: string | undefined,
  most: number,
): DocumentSource {
  if (bytes.length > most)
    throw new GatewayError('prompt_too_large', `The document has ${bytes.length} bytes, and the limit is ${most}`, {
      param: field,
    });
  if (!bytes.length) throw invalid(field, 'the document is empty');
  return { field, kind: 'bytes', bytes, format, ...(name !== undefined && { name }) };
}

/** What went wrong with reading a document names the field that it came in. */
export async function* naming<T>(param: string, source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError(error.code, error.message, { ...error.facts, param });
  }
}
