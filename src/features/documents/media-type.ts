import { GatewayError } from '../../contract/errors';

export const MEDIA_TYPES = {
  text: 'text/plain',
  markdown: 'text/markdown',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
} as const;
export type Format = keyof typeof MEDIA_TYPES;

const FORMATS = Object.entries(MEDIA_TYPES) as readonly (readonly [Format, string])[];
const EXTENSIONS: Readonly<Record<string, Format>> = {
  txt: 'text',
  text: 'text',
  log: 'text',
  md: 'markdown',
  markdown: 'markdown',
  pdf: 'pdf',
  docx: 'docx',
};

/** How files of Word began until 2007, and how encrypted ones begin. */
const OLE = '\u00d0\u00cf\u0011\u00e0';

/** What was said to be in a document, by its media type or else by its name; undefined where neither says anything known. */
export function formatOf(mediaType: string | undefined, name = ''): Format | undefined {
  const essence = mediaType?.split(';', 1)[0]?.trim().toLowerCase();
  const said = FORMATS.find(([, type]) => type === essence)?.[0];
  if (said) return said;
  // a type that says nothing: the name may
  if (essence !== undefined && essence !== '' && essence !== 'application/octet-stream') return undefined;
  return EXTENSIONS[/\.([a-z]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? ''];
}

/**
 * Refuses bytes that are plainly something else than they are said to be.
 * @param param the field that they came in
 * @throws GatewayError `invalid_request`
 */
export function checkBytes(bytes: Uint8Array, format: Format, param?: string): void {
  const begins = (signature: string, within = 0): boolean =>
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, within + signature.length))
      .toString('latin1')
      .includes(signature);
  // readers of PDF take the header anywhere in the first kilobyte
  const is =
    format === 'pdf' ? begins('%PDF-', 1_024) : format === 'docx' ? begins('PK\u0003\u0004') : !bytes.includes(0);
  if (is) return;
  const problem =
    format === 'docx' && begins(OLE)
      ? 'The document is an old Word file (.doc), or a DOCX file with a password: neither can be read'
      : `The document is not of the media type ${MEDIA_TYPES[format]}`;
  throw new GatewayError('invalid_request', problem, param === undefined ? {} : { param });
}
