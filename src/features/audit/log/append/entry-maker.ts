import { uuidv7 } from '../../../../contract/ids';
import type { Draft } from '../../audit-log';
import { leafHash } from '../../format/hashes';
import { sealEntry } from '../../format/payload';
import type { DataKey, DataKeys } from '../../keys/data-keys';
import type { ReadyEntry } from './append-queue';

/** Turns drafts into entries that can be written: stamped, encrypted, hashed. */
export class EntryMaker {
  constructor(
    readonly origin: string,
    private readonly writer: string,
    private readonly keys: DataKeys,
  ) {}

  /** Not a promise when the key is in memory. @throws when the facts cannot be written canonically; when there is no key */
  make(draft: Draft): ReadyEntry | Promise<ReadyEntry> {
    const at = draft.at ?? Date.now();
    if (!hasContent(draft)) return this.seal(draft, at, undefined);
    const key = this.keys.current(draft.facts.tenant, draft.subject, at);
    return key instanceof Promise ? key.then((found) => this.seal(draft, at, found)) : this.seal(draft, at, key);
  }

  private seal({ id = uuidv7(), facts, payload, commit }: Draft, at: number, key: DataKey | undefined): ReadyEntry {
    const stamp = {
      v: 1,
      log: this.origin,
      entry_id: id,
      ts: new Date(at).toISOString(),
      writer: this.writer,
    } as const;
    const { header, ciphertext } = sealEntry(key, { ...facts, ...stamp }, payload, commit);
    return { id, text: header, leaf: leafHash(header), ciphertext };
  }
}

function hasContent({ payload, commit }: Draft): boolean {
  return payload !== undefined || commit?.prompt !== undefined || commit?.response !== undefined;
}
