import { setImmediate } from 'node:timers/promises';
import { uuidv7 } from '../../../../contract/ids';
import type { Draft } from '../../audit-log';
import { leafHash } from '../../format/hashes';
import { sealingSteps, type SealedEntry } from '../../format/payload';
import type { DataKey, DataKeys } from '../../keys/data-keys';
import type { ReadyEntry } from './append-queue';

/** Turns drafts into entries that can be written: stamped, encrypted, hashed. */
export class EntryMaker {
  constructor(
    readonly origin: string,
    private readonly writer: string,
    private readonly keys: DataKeys,
  ) {}

  /** Not a promise when the key is in memory and the content is not long. @throws when the facts cannot be written canonically; when there is no key */
  make(draft: Draft): ReadyEntry | Promise<ReadyEntry> {
    const at = draft.at ?? Date.now();
    if (!hasContent(draft)) return this.seal(draft, at, undefined);
    const key = this.keys.current(draft.facts.tenant, draft.subject, at);
    return key instanceof Promise ? key.then((found) => this.seal(draft, at, found)) : this.seal(draft, at, key);
  }

  private seal(
    { id = uuidv7(), facts, payload, commit = {} }: Draft,
    at: number,
    key: DataKey | undefined,
  ): ReadyEntry | Promise<ReadyEntry> {
    const stamp = {
      v: 1,
      log: this.origin,
      entry_id: id,
      ts: new Date(at).toISOString(),
      writer: this.writer,
    } as const;
    const steps = sealingSteps(key, { ...facts, ...stamp }, payload, commit);
    const { done, value } = steps.next();
    return done ? ready(id, value) : this.slowly(id, steps);
  }

  private async slowly(id: string, steps: Generator<void, SealedEntry>): Promise<ReadyEntry> {
    for (;;) {
      await setImmediate();
      const { done, value } = steps.next();
      if (done) return ready(id, value);
    }
  }
}

function ready(id: string, { header, ciphertext }: SealedEntry): ReadyEntry {
  return { id, text: header, leaf: leafHash(header), ciphertext };
}

function hasContent({ payload, commit }: Draft): boolean {
  return payload !== undefined || commit?.prompt !== undefined || commit?.response !== undefined;
}
