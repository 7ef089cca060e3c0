import { GatewayError } from '../contract/errors';
import { FILE_PREFIX, uuidOf } from '../contract/public-ids';
import { invalid } from '../dialects/fields';
import { checkBytes, type DocumentBytes, DocumentFiles, formatOf } from '../features/documents';
import type { Files } from '../features/files';

const FIELD = 'input.file';

/** Documents that were uploaded to `/v1/files`; what they are is told by their names. */
export class UploadedDocuments extends DocumentFiles {
  /** @param mostBytes the largest document that is read */
  constructor(
    private readonly files: Pick<Files, 'find' | 'content'>,
    private readonly mostBytes: number,
  ) {
    super();
  }

  override async read(tenantId: string, id: string): Promise<DocumentBytes> {
    const uuid = uuidOf(FILE_PREFIX, id);
    const file = uuid === undefined ? undefined : await this.files.find(tenantId, uuid);
    if (!file) throw invalid(FIELD, 'there is no such file, or it has expired');
    const { name, bytes: size } = file;
    const format = formatOf(undefined, name);
    if (!format) throw invalid(FIELD, 'its name must end with .txt, .md, .pdf or .docx');
    if (size > this.mostBytes)
      throw new GatewayError('prompt_too_large', `The document has ${size} bytes, and the limit is ${this.mostBytes}`, {
        param: FIELD,
      });
    if (!size) throw invalid(FIELD, 'the document is empty');
    const pieces: Buffer[] = [];
    for await (const piece of this.files.content(file)) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    checkBytes(bytes, format, FIELD);
    return { kind: 'bytes', bytes, format, name };
  }
}
