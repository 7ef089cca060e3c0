import { isUtf8 } from 'node:buffer';
import { createCipheriv, createDecipheriv, createSecretKey, hash, randomFillSync } from 'node:crypto';
import { canonicalJsonOnce, type WrittenTexts } from '../../../contract/canonical-json';
import { canonicalise, parseCanonical } from './canonical';
import { commitment, encryptionKey, entryKey, keyCommit, textCommitment } from './entry-keys';
import type { Header, PlainObject } from './header';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Characters; a longer text takes milliseconds to write, hash or encrypt. */
const LONG = 131_072;
const CONTEXT = 'gatehouse-payload/v1\n';
/** The version, the nonce and the tag. */
export const OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

const nonces = Buffer.alloc(NONCE_BYTES * 512);
let used = nonces.length;

/** What the ciphertext of an entry is bound to. */
type Committed = Omit<Header, 'ct_hash' | 'ct_len'>;
type Sealed = { -readonly [Name in 'key_id' | 'key_commit' | 'prompt_hash' | 'response_hash']?: string };
/** What is recorded of an entry before it is sealed. */
export type OpenHeader = Omit<Committed, keyof Sealed>;

/** Of 32 bytes. */
export interface SealingKey {
  readonly id: string;
  readonly key: Uint8Array;
}

export interface Commits {
  readonly prompt?: unknown;
  readonly response?: unknown;
}

export interface SealedEntry {
  /** The canonical text of the header. */
  readonly header: string;
  readonly ciphertext?: Buffer;
}

/** The content of an entry cannot be had. */
export class OpenError extends Error {}

/**
 * Turns what is recorded into what is stored. An entry without payload and without commitments needs no key.
 * @throws when something of the header is not canonical, or when there is no key where one is needed
 */
export function sealEntry(
  dataKey: SealingKey | undefined,
  header: OpenHeader,
  payload?: object,
  commits: Commits = {},
): SealedEntry {
  const steps = sealingSteps(dataKey, header, payload, commits);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** As `sealEntry`, with a pause after each step that took long because its text was: others can use the processor meanwhile. */
export function* sealingSteps(
  dataKey: SealingKey | undefined,
  header: OpenHeader,
  payload: object | undefined,
  { prompt, response }: Commits,
): Generator<void, SealedEntry> {
  if (payload === undefined && prompt === undefined && response === undefined)
    return { header: canonicalise(committedBy(header)) };
  if (!dataKey) throw new Error('an entry with content needs a data key');
  const key = entryKey(dataKey.key, header.entry_id);
  const sealed: Sealed = { key_id: dataKey.id, key_commit: keyCommit(key) };
  // what is committed to is mostly in the payload too
  const written: WrittenTexts = new Map();
  for (const [kind, value] of [['prompt', prompt] as const, ['response', response] as const]) {
    if (value === undefined) continue;
    const text = canonicalJsonOnce(value, written);
    if (text.length > LONG) yield;
    sealed[`${kind}_hash`] = textCommitment(key, kind, text);
    if (text.length > LONG) yield;
  }
  const committed = canonicalise(committedBy(header, sealed));
  if (payload === undefined) return { header: committed };
  const text = canonicalJsonOnce(payload, written);
  if (text.length > LONG) yield;
  const ciphertext = encrypt(key, committed, text);
  if (text.length > LONG) yield;
  return { header: withCiphertext(committed, ciphertext), ciphertext };
}

/** Every member of a header but those of its ciphertext, as canonical text has them: no entry has to sort its own. */
function committedBy(
  header: OpenHeader,
  sealed: Sealed = {},
): { [Name in keyof Required<Committed>]: Committed[Name] } {
  return {
    actor: header.actor,
    compliance_flags: header.compliance_flags,
    cost_micros: header.cost_micros,
    entry_id: header.entry_id,
    event: header.event,
    key_commit: sealed.key_commit,
    key_id: sealed.key_id,
    log: header.log,
    metadata: header.metadata,
    model: header.model,
    model_resolved: header.model_resolved,
    outcome: header.outcome,
    parent: header.parent,
    policy: header.policy,
    prompt_hash: sealed.prompt_hash,
    provider: header.provider,
    request_id: header.request_id,
    response_hash: sealed.response_hash,
    session: header.session,
    tenant: header.tenant,
    ts: header.ts,
    turn: header.turn,
    user_id: header.user_id,
    v: header.v,
    writer: header.writer,
  };
}

/** Only flags and a price, which hold no members, come before `entry_id`: the first one found is the header's own. */
function withCiphertext(committed: string, ciphertext: Buffer): string {
  const at = committed.indexOf('"entry_id":');
  const members = `"ct_hash":"${ciphertextHash(ciphertext)}","ct_len":${ciphertext.length},`;
  return committed.slice(0, at) + members + committed.slice(at);
}

/** `sha256:` and hex. */
export function ciphertextHash(ciphertext: Buffer): string {
  return `sha256:${hash('sha256', ciphertext, 'hex')}`;
}

/**
 * The payload of an entry.
 * @param key of the entry (`entryKey`): all that an auditor is given
 * @throws OpenError when the key is not the entry's, or the ciphertext is not
 */
export function openEntry(key: Uint8Array, header: string, ciphertext: Buffer): unknown {
  return JSON.parse(openText(key, header, ciphertext));
}

/** The same, as the text that was encrypted. */
export function openText(key: Uint8Array, header: string, ciphertext: Buffer): string {
  const fields = parseCanonical(header) as PlainObject;
  if (fields['key_commit'] !== keyCommit(key)) throw new OpenError('the key is not the one of this entry');
  if (fields['ct_hash'] !== ciphertextHash(ciphertext) || fields['ct_len'] !== ciphertext.length)
    throw new OpenError('the ciphertext is not the one of this entry');
  const { ct_hash: _, ct_len: __, ...committed } = fields;
  const bytes = decrypt(key, canonicalise(committed), ciphertext);
  if (!isUtf8(bytes)) throw new OpenError('it is not UTF-8');
  return bytes.toString('utf8');
}

/** Whether a header commits to that prompt or response. @param key of the entry */
export function isCommittedTo(
  key: Uint8Array,
  header: Pick<Header, 'prompt_hash' | 'response_hash'>,
  kind: 'prompt' | 'response',
  value: unknown,
): boolean {
  return header[`${kind}_hash`] === commitment(key, kind, value);
}

function encrypt(key: Uint8Array, committed: string, payload: string): Buffer {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(encryptionKey(key)), nonce);
  cipher.setAAD(Buffer.from(CONTEXT + committed));
  const body = cipher.update(payload, 'utf8');
  cipher.final();
  return Buffer.concat([Buffer.of(VERSION), nonce, body, cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, committed: string, ciphertext: Buffer): Buffer {
  if (ciphertext[0] !== VERSION || ciphertext.length < OVERHEAD_BYTES)
    throw new OpenError('not a ciphertext of version 1');
  const decipher = createDecipheriv(
    'aes-256-gcm',
    createSecretKey(encryptionKey(key)),
    ciphertext.subarray(1, 1 + NONCE_BYTES),
    {
      authTagLength: TAG_BYTES,
    },
  );
  decipher.setAAD(Buffer.from(CONTEXT + committed));
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
  try {
    const body = decipher.update(ciphertext.subarray(1 + NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([body, decipher.final()]);
  } catch (cause) {
    throw new OpenError('the ciphertext does not open', { cause });
  }
}

function freshNonce(): Buffer {
  if (used + NONCE_BYTES > nonces.length) {
    randomFillSync(nonces);
    used = 0;
  }
  return Buffer.from(nonces.subarray(used, (used += NONCE_BYTES)));
}
