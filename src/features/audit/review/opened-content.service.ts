import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../../contract/errors';
import { entryKey } from '../format/entry-keys';
import { openEntry, OpenError } from '../format/payload';
import { DataKeys } from '../keys/data-keys';
import { EntryReader } from '../log/entry-reader.store';
import { ContentState, type Content } from './content-state.service';
import type { StoredEntry } from './stored-batch';

/** Decrypts what is behind an entry. Whoever asks has recorded that it does before anybody is shown the result. */
@Injectable()
export class OpenedContent {
  constructor(
    private readonly keys: DataKeys,
    private readonly reader: EntryReader,
    private readonly content: ContentState,
  ) {}

  state(entry: StoredEntry): Promise<Content> {
    return this.content.of(entry);
  }

  /** @throws GatewayError `not_found` when it is gone, `conflict` when it was tampered with */
  async of({ index, header, text }: StoredEntry): Promise<object> {
    const key = await this.entryKey(header);
    const ciphertext = await this.reader.ciphertextAt(index);
    if (!key || !ciphertext) throw new GatewayError('not_found', 'The content of this entry is gone', { status: 410 });
    try {
      return openEntry(key, text, ciphertext) as object;
    } catch (error) {
      if (!(error instanceof OpenError)) throw error;
      const details = { content: 'altered', index };
      throw new GatewayError('conflict', 'What is stored is not what was recorded', { details, cause: error });
    }
  }

  /** What opens one entry and nothing else; undefined when its content was erased. */
  async entryKey({ key_id, entry_id }: StoredEntry['header']): Promise<Buffer | undefined> {
    const data = key_id === undefined ? undefined : await this.keys.find(key_id);
    return data && entryKey(data.key, entry_id);
  }
}
