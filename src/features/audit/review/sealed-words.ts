import { SealedBox } from '../../../platform/secrets/sealed-box';

const PURPOSE = 'audit-review';

/** What people wrote – reasons, tickets, findings – as it is kept in tables: nobody reads it there. */
export class SealedWords {
  private readonly box: SealedBox;

  constructor(masterKey: Buffer) {
    this.box = new SealedBox(masterKey);
  }

  /** @param row the id of the row they belong to */
  seal(row: string, words: object): Buffer {
    return this.box.seal(PURPOSE, '', row, Buffer.from(JSON.stringify(words)));
  }

  open<T extends object>(row: string, sealed: Buffer): T {
    return JSON.parse(this.box.open(PURPOSE, '', row, sealed).toString()) as T;
  }
}
