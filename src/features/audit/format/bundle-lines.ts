import { decodeBase64, encodeBase64 } from './base64';
import {
  BUNDLE_FORMAT,
  type BatchRun,
  type BundleAbout,
  type BundleEntry,
  type Run,
  type WithheldRun,
  type WriterAdmission,
} from './bundle-layout';
import { canonicalise, CanonicalError, parseCanonical } from './canonical';
import { SIGNATURE_BYTES } from './ed25519';
import { HASH_BYTES } from './hashes';
import type { PlainObject } from './header';
import { writerId } from './writer-certificate';

/** A line of a bundle is not what it should be. */
export class LineError extends Error {}

/** What `runs.ndjson` says of a run: a batch, whose entries are in `headers.ndjson`, or entries that are withheld. */
export type RunLine = (Omit<BatchRun, 'entries'> & { readonly n: number }) | WithheldRun;

export function runLine(run: Run): string {
  if (run.kind === 'withheld') {
    const subtrees = run.subtrees.map(({ level, hash }) => [level, encodeBase64(hash)]);
    return canonicalise({ withheld: { first: run.first, subtrees } });
  }
  const { first, origin, writer, lane, previous, signature, committedAt, entries } = run;
  const batch = {
    first,
    n: entries.length,
    origin,
    writer,
    lane,
    ...(previous?.length && { previous: encodeBase64(previous) }),
    signature: encodeBase64(signature),
    committed_at: committedAt,
  };
  return canonicalise({ batch });
}

/** @throws LineError */
export function parseRunLine(line: string): RunLine {
  const run = object(parse(line));
  if ('batch' in run) return parseBatch(object(only(run, ['batch'])['batch']));
  return parseWithheld(object(only(run, ['withheld'])['withheld']));
}

/** The header itself, or the leaf in quotation marks. */
export function entryLine(entry: BundleEntry): string {
  return entry.header ?? `"${encodeBase64((entry as { leaf: Buffer }).leaf)}"`;
}

/** Undefined when the line is a header. @throws LineError */
export function parseLeafLine(line: string): Buffer | undefined {
  return line.startsWith('"') ? bytes(line.slice(1, -1), HASH_BYTES) : undefined;
}

export function checkpointLine(note: string): string {
  return canonicalise({ note });
}

/** @throws LineError */
export function parseCheckpointLine(line: string): string {
  return text(only(object(parse(line)), ['note'])['note']);
}

export function admissionLine({ origin, key, certificate }: WriterAdmission): string {
  const [writer_key, signed] = [encodeBase64(key), encodeBase64(certificate)];
  return canonicalise({ origin, writer: writerId(key), writer_key, certificate: signed });
}

/** @throws LineError */
export function parseAdmissionLine(line: string): WriterAdmission & { readonly writer: string } {
  const names = ['certificate', 'origin', 'writer', 'writer_key'];
  const { origin, writer, writer_key, certificate } = only(object(parse(line)), names);
  return {
    origin: text(origin),
    writer: text(writer),
    key: bytes(writer_key, HASH_BYTES),
    certificate: bytes(certificate, SIGNATURE_BYTES),
  };
}

const ABOUT = ['about', 'entries', 'format', 'log', 'made_at', 'payloads', 'size'];

/** The content of `bundle.json`. */
export function aboutText(about: BundleAbout): string {
  return canonicalise({ format: BUNDLE_FORMAT, ...about });
}

/** @throws LineError */
export function parseAbout(content: string): BundleAbout {
  const fields = object(parse(content));
  if (fields['format'] !== BUNDLE_FORMAT) throw new LineError(`is not of the format ${BUNDLE_FORMAT}`);
  const { log, size, entries, payloads, made_at, about } = only(fields, ABOUT);
  return {
    log: text(log),
    size: count(size),
    entries: oneOf(entries, ['all', 'some']),
    payloads: oneOf(payloads, ['all', 'some', 'none']),
    made_at: text(made_at),
    ...(about !== undefined && { about: object(about) }),
  };
}

const BATCH = ['committed_at', 'first', 'lane', 'n', 'origin', 'previous', 'signature', 'writer'];

function parseBatch(fields: PlainObject): RunLine {
  only(fields, BATCH);
  const { first, n, origin, writer, lane, previous, signature, committed_at } = fields;
  if (count(n) < 1 || count(lane) < 1) throw new LineError('a batch has no entries or no lane');
  return {
    kind: 'batch',
    first: count(first),
    n: count(n),
    origin: text(origin),
    writer: text(writer),
    lane: count(lane),
    previous: previous === undefined ? undefined : bytes(previous, HASH_BYTES),
    signature: bytes(signature, SIGNATURE_BYTES),
    committedAt: text(committed_at),
  };
}

function parseWithheld(fields: PlainObject): WithheldRun {
  const { first, subtrees } = only(fields, ['first', 'subtrees']);
  if (!Array.isArray(subtrees) || !subtrees.length) throw new LineError('a run withholds nothing');
  return {
    kind: 'withheld',
    first: count(first),
    subtrees: subtrees.map((subtree: unknown) => {
      const [level, hash, ...more] = Array.isArray(subtree) ? (subtree as unknown[]) : [];
      if (more.length || count(level) > 52) throw new LineError('not a subtree');
      return { level: count(level), hash: bytes(hash, HASH_BYTES) };
    }),
  };
}

function parse(line: string): unknown {
  try {
    return parseCanonical(line);
  } catch (cause) {
    throw new LineError(cause instanceof CanonicalError ? cause.message : 'not a line', { cause });
  }
}

function object(value: unknown): PlainObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LineError('not an object');
  return value as PlainObject;
}

/** Nothing that nobody would look at. */
function only(fields: PlainObject, names: readonly string[]): PlainObject {
  const strange = Object.keys(fields).find((name) => !names.includes(name));
  if (strange !== undefined) throw new LineError(`the member ${strange} does not belong here`);
  return fields;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new LineError('a text is missing');
  return value;
}

function oneOf<Word extends string>(value: unknown, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new LineError(`one of ${words.join(', ')} is missing`);
  return found;
}

function count(value: unknown): number {
  if (typeof value !== 'number') throw new LineError('a number is missing');
  return value;
}

function bytes(value: unknown, length: number): Buffer {
  const found = decodeBase64(text(value));
  if (found?.length !== length) throw new LineError(`not ${length} bytes of base64`);
  return found;
}
