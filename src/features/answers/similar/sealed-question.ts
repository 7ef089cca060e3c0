import type { SealedBox } from '../../../platform/secrets/sealed-box';
import type { Remembered } from './vector-index';

const PURPOSE = 'questions';

/** What is written of a question where others might read it: its words and its vector, which tells them, are sealed. */
export class SealedQuestions {
  constructor(private readonly box: SealedBox) {}

  /** @param place where it is kept; it can be opened nowhere else */
  seal(tenantId: string, place: string, { question, vector, requestId, expiresAt }: Remembered): Buffer {
    const text = Buffer.from(JSON.stringify({ question, requestId, expiresAt }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return this.box.seal(
      PURPOSE,
      tenantId,
      place,
      Buffer.concat([length, text, Buffer.from(vector.buffer, vector.byteOffset, vector.length)]),
    );
  }

  /** Undefined for what was changed, moved, or sealed with another master key. */
  open(
    tenantId: string,
    place: string,
    { key, subject, sealed }: { readonly key: string; readonly subject: string | undefined; readonly sealed: Buffer },
  ): Remembered | undefined {
    try {
      const content = this.box.open(PURPOSE, tenantId, place, sealed);
      const end = 4 + content.readUInt32BE(0);
      const told = JSON.parse(content.subarray(4, end).toString('utf8')) as Pick<
        Remembered,
        'question' | 'requestId' | 'expiresAt'
      >;
      const vector = new Int8Array(content.subarray(end));
      return { key, ...(subject !== undefined && { subject }), ...told, vector };
    } catch {
      return undefined;
    }
  }
}
