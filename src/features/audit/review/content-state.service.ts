import { Injectable } from '@nestjs/common';
import { DataKeys } from '../keys/data-keys';
import { UnknownKeyError } from '../keys/keys-unavailable';
import type { StoredEntry } from './stored-batch';

/** `none`: none was kept. `erased`: its key was destroyed. `lost`: the key database was restored and does not know its key. */
export type Content = 'none' | 'kept' | 'erased' | 'lost';

/** Whether there is something to read behind an entry. */
@Injectable()
export class ContentState {
  constructor(private readonly keys: DataKeys) {}

  async of({ header }: StoredEntry): Promise<Content> {
    if (header.ct_len === undefined || header.key_id === undefined) return 'none';
    try {
      return (await this.keys.find(header.key_id)) ? 'kept' : 'erased';
    } catch (error) {
      if (error instanceof UnknownKeyError) return 'lost';
      throw error;
    }
  }
}
