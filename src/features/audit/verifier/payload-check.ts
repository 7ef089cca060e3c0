import { canonicalJson } from '../../../contract/canonical-json';
import { keyCommit } from '../format/entry-keys';
import { ciphertextHash, isCommittedTo, openText } from '../format/payload';
import type { ShownEntry } from './entry-check';
import type { Findings } from './findings';

interface Content {
  readonly request?: { readonly body?: unknown; readonly original?: unknown } | null;
  readonly response?: { readonly choices?: unknown } | null;
}

/** Told of content that was opened. */
export type OnOpened = (entry: ShownEntry, content: unknown) => void;

/** Encrypted content: unchanged, and what the disclosed keys say it is. */
export class PayloadCheck {
  readonly counts = { intact: 0, absent: 0, opened: 0, erased: 0 };
  /** How much content has no key here, by how its erasure would be called. */
  private readonly closed = new Map<string, number>();
  private readonly erased = new Set<string>();
  private readonly used = new Set<string>();

  constructor(
    private readonly findings: Findings,
    private readonly keys: ReadonlyMap<string, Buffer>,
    private readonly onOpened?: OnOpened,
  ) {}

  /** @param ciphertext undefined when it is not in the bundle @param wanted whether it should be */
  check(entry: ShownEntry, ciphertext: Buffer | undefined, wanted: boolean): void {
    const { header, index } = entry;
    const key = this.keys.get(header.entry_id);
    if (key) this.use(entry, key, ciphertext);
    if (header.ct_len === undefined) {
      if (ciphertext) this.findings.failure('payload', 'has content that its header does not know', index);
      return;
    }
    if (!ciphertext) {
      this.counts.absent++;
      if (wanted) this.findings.failure('payload', 'its content is missing', index);
      return;
    }
    if (header.ct_len !== ciphertext.length || header.ct_hash !== ciphertextHash(ciphertext)) {
      this.findings.failure('payload', 'its content is not what was recorded', index);
      return;
    }
    this.counts.intact++;
    if (key) return;
    const name = closedAs(entry);
    this.closed.set(name, (this.closed.get(name) ?? 0) + 1);
  }

  /** A `key.shred` entry: the keys that it names, or those of a tenant. */
  shred({ header: { metadata = {}, tenant, user_id } }: ShownEntry): void {
    const { key_ids, month } = metadata;
    if (Array.isArray(key_ids)) for (const id of key_ids as unknown[]) if (typeof id === 'string') this.erased.add(id);
    if (tenant !== undefined && user_id === undefined)
      this.erased.add(typeof month === 'string' ? `${tenant} ${month}` : tenant);
  }

  finish(): void {
    for (const [name, count] of this.closed) {
      const [key, tenant, month] = name.split(' ');
      if ([key, tenant, `${tenant} ${month}`].some((erased) => this.erased.has(erased as string)))
        this.counts.erased += count;
    }
    for (const id of this.keys.keys())
      if (!this.used.has(id)) this.findings.failure('key', `the key of ${id} is disclosed, but the entry is not shown`);
  }

  private use(entry: ShownEntry, key: Buffer, ciphertext: Buffer | undefined): void {
    const { header, index, text } = entry;
    this.used.add(header.entry_id);
    if (header.key_commit !== keyCommit(key)) {
      this.findings.failure('key', 'the disclosed key is not the one of this entry', index);
      return;
    }
    if (!ciphertext) return;
    let content: Content;
    try {
      content = contentOf(openText(key, text, ciphertext));
    } catch (error) {
      this.findings.failure('content', `its content does not open: ${(error as Error).message}`, index);
      return;
    }
    this.counts.opened++;
    this.checkCommitments(entry, key, content);
    // a disk that is full says nothing of the log
    this.onOpened?.(entry, content);
  }

  private checkCommitments({ header, index }: ShownEntry, key: Buffer, { request, response }: Content): void {
    const body = request?.body;
    if (
      header.prompt_hash &&
      body !== undefined &&
      body !== null &&
      request?.original !== true &&
      !(isObject(body) && isCommittedTo(key, header, 'prompt', promptOf(body)))
    )
      this.findings.failure('prompt', 'its prompt is not the one it committed to', index);
    const choices = response?.choices;
    if (
      header.response_hash &&
      response !== undefined &&
      response !== null &&
      !(choices !== undefined && isCommittedTo(key, header, 'response', choices))
    )
      this.findings.failure('response', 'its response is not the one it committed to', index);
  }
}

/** @throws unless it is an object, written as all content is */
function contentOf(text: string): Content {
  const content: unknown = JSON.parse(text);
  if (!isObject(content)) throw new Error('it is not an object');
  if (canonicalJson(content) !== text) throw new Error('it is not in canonical form');
  return content as Content;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a model reads of a request: what `prompt_hash` commits to. */
function promptOf({ messages, input, system, instructions, tools }: Record<string, unknown>): object {
  return { messages, input, system, instructions, tools };
}

/** Everything by which an erasure could name the content of an entry. */
function closedAs({ header: { key_id, tenant, ts } }: ShownEntry): string {
  return `${key_id} ${tenant ?? '-'} ${ts.slice(0, 7)}`;
}
