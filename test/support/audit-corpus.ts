import { createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto';
import { batchStatement, signBatch, statementHash } from '../../src/features/audit/format/batch';
import { encodeBase64 } from '../../src/features/audit/format/base64';
import type { BatchRun, BundleAbout, BundleEntry, Run } from '../../src/features/audit/format/bundle-layout';
import { type BundleContents, writeBundle } from '../../src/features/audit/format/bundle-writer';
import { checkpointBody } from '../../src/features/audit/format/checkpoint';
import { cosign } from '../../src/features/audit/format/cosignature';
import { formatOrigin, parseOrigin } from '../../src/features/audit/format/epoch';
import { rawPublicKey, signText } from '../../src/features/audit/format/ed25519';
import { entryKey } from '../../src/features/audit/format/entry-keys';
import { rootOver } from '../../src/features/audit/format/frontier';
import { leafHash } from '../../src/features/audit/format/hashes';
import type { Facts, PlainObject } from '../../src/features/audit/format/header';
import { rotationFacts } from '../../src/features/audit/format/key-rotation';
import { signatureLine, signNote } from '../../src/features/audit/format/note';
import { sealEntry } from '../../src/features/audit/format/payload';
import type { HashReader } from '../../src/features/audit/format/tree-plan';
import { formatVkey, KEY_TYPE } from '../../src/features/audit/format/vkey';
import { withheldRun, withholdEntry } from '../../src/features/audit/format/withheld';
import { certify, writerId } from '../../src/features/audit/format/writer-certificate';

export const ORIGIN = 'log.example/audit';

export interface Recorded {
  readonly facts: Facts;
  readonly payload?: object;
  readonly commits?: { readonly prompt?: unknown; readonly response?: unknown };
  /** Name of the data key. */
  readonly key?: string;
}

export interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Ed25519 keys that are the same in every run. */
export function keyPair(name: string): Pair {
  const seed = Buffer.from(hkdfSync('sha256', name, '', 'corpus', 32));
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

export function stranger(): Pair {
  return generateKeyPairSync('ed25519');
}

const dataKey = (name: string) => ({
  id: `dk_${Buffer.from(hkdfSync('sha256', name, '', 'id', 16)).toString('base64url')}`,
  key: Buffer.from(hkdfSync('sha256', name, '', 'key', 32)),
});
export const dataKeyId = (name: string): string => dataKey(name).id;

class Writer {
  readonly id: string;
  readonly raw: Buffer;
  lane = 0;
  previous: Buffer | undefined;

  constructor(
    readonly pair: Pair,
    readonly origin: string,
  ) {
    this.raw = rawPublicKey(pair.publicKey);
    this.id = writerId(this.raw);
  }
}

/** A log in memory, made as the gateway makes it. The same calls make the same bytes, but for nonces. */
export class CorpusLog {
  readonly batches: BatchRun[] = [];
  readonly leaves: Buffer[] = [];
  readonly writers = new Map<string, Writer>();
  origin = ORIGIN;
  clock = Date.parse('2026-11-20T20:00:00.000Z');
  log = keyPair('log');
  private entryNumber = 0;

  get size(): number {
    return this.leaves.length;
  }

  get vkey(): string {
    return formatVkey(this.origin, KEY_TYPE.note, this.log.publicKey);
  }

  /** Names the writer and opens its lane. */
  open(name: string, more: readonly Recorded[] = []): void {
    const writer = new Writer(keyPair(`${name} ${this.origin}`), this.origin);
    this.writers.set(name, writer);
    const metadata = {
      writer_key: encodeBase64(writer.raw),
      certificate: encodeBase64(certify(this.origin, writer.raw, this.log.privateKey)),
      heartbeat_seconds: 60,
    };
    this.append(name, [{ facts: { event: 'writer.open', metadata } }, ...more]);
  }

  /** One batch. */
  append(name: string, recorded: readonly Recorded[]): BatchRun {
    const writer = this.writers.get(name) as Writer;
    const entries = recorded.map((one) => this.seal(writer, one));
    const leaves = entries.map((entry) => leafHash((entry as { header: string }).header));
    const statement = {
      origin: this.origin,
      writer: writer.id,
      lane: ++writer.lane,
      previous: writer.previous,
      n: entries.length,
      root: rootOver(leaves),
    };
    const text = batchStatement(statement);
    const { root: _, n: __, ...stated } = statement;
    const batch: BatchRun = {
      kind: 'batch',
      first: this.size,
      ...stated,
      signature: signBatch(text, writer.pair.privateKey),
      committedAt: new Date(this.clock + 20).toISOString(),
      entries,
    };
    writer.previous = statementHash(text);
    this.batches.push(batch);
    this.leaves.push(...leaves);
    this.clock += 1_000;
    return batch;
  }

  close(name: string): void {
    const { lane } = this.writers.get(name) as Writer;
    this.append(name, [{ facts: { event: 'writer.close', metadata: { last_lane: lane + 1 } } }]);
  }

  /** The next key of the log, announced by a writer. */
  rotate(name: string, next: Pair): void {
    const vkey = (pair: Pair) => formatVkey(this.origin, KEY_TYPE.note, pair.publicKey);
    const metadata = rotationFacts(
      this.origin,
      { vkey: vkey(this.log), privateKey: this.log.privateKey },
      { vkey: vkey(next), privateKey: next.privateKey },
    );
    this.append(name, [{ facts: { event: 'key.rotate', metadata } }]);
    this.log = next;
  }

  /**
   * A new epoch, after entries from `found` on were lost.
   * @param told what the log says of it instead
   */
  restore(found: number, name: string, told: PlainObject = {}): void {
    const old = { old_origin: this.origin, old_size: this.size, old_root: encodeBase64(rootOver(this.leaves)) };
    while (this.size > found) {
      const { entries } = this.batches.pop() as BatchRun;
      this.leaves.length -= entries.length;
    }
    this.origin = formatOrigin({ name: ORIGIN, epoch: parseOrigin(this.origin).epoch + 1 });
    const metadata = { ...old, found_size: this.size, found_root: encodeBase64(rootOver(this.leaves)), ...told };
    this.open(name, [{ facts: { event: 'log.discontinuity', metadata } }]);
  }

  /** The same log, but for one header; its batch and all that follows signed again with the true keys. */
  forged(index: number, edit: (header: string) => string): CorpusLog {
    const forged = new CorpusLog();
    Object.assign(forged, { origin: this.origin, log: this.log, clock: this.clock });
    const before = new Map<string, Buffer>();
    for (const batch of this.batches) {
      const entries = batch.entries.map((entry, i) =>
        entry.header !== undefined && batch.first + i === index ? { ...entry, header: edit(entry.header) } : entry,
      );
      const leaves = entries.map((entry) => leafHash(entry.header as string));
      const previous = before.get(batch.writer);
      const text = batchStatement({ ...batch, previous, n: entries.length, root: rootOver(leaves) });
      const { pair } = [...this.writers.values()].find(({ id }) => id === batch.writer) as Writer;
      forged.batches.push({ ...batch, previous, entries, signature: signBatch(text, pair.privateKey) });
      forged.leaves.push(...leaves);
      before.set(batch.writer, statementHash(text));
    }
    return forged;
  }

  body(size = this.size): string {
    return checkpointBody({ origin: this.origin, size, root: rootOver(this.leaves.slice(0, size)) });
  }

  checkpoint(size = this.size, witnesses: readonly { name: string; pair: Pair }[] = []): string {
    const body = this.body(size);
    const time = Math.floor(this.clock / 1_000);
    const cosigned = witnesses.map(({ name, pair }) => signatureLine(cosign(body, name, pair.privateKey, time)));
    return signNote(body, this.origin, this.log.privateKey) + cosigned.join('');
  }

  /** Hashes of complete subtrees. */
  readonly reader: HashReader = (nodes) =>
    nodes.map(({ level, index }) => rootOver(this.leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));

  header(index: number): string {
    const batch = this.batches.find(
      ({ first, entries }) => index >= first && index < first + entries.length,
    ) as BatchRun;
    return batch.entries[index - batch.first]?.header as string;
  }

  /** Keys of the entries, to be disclosed. */
  keysOf(indexes: readonly number[], name: string): Map<string, Buffer> {
    const ids = indexes.map((index) => (JSON.parse(this.header(index)) as { entry_id: string }).entry_id);
    return new Map(ids.map((id) => [id, entryKey(dataKey(name).key, id)]));
  }

  private seal(writer: Writer, { facts, payload, commits, key = 'usual' }: Recorded): BundleEntry {
    const id = `${(this.entryNumber++).toString(16).padStart(8, '0')}-0000-7000-8000-${this.clock.toString(16).padStart(12, '0')}`;
    const stamp = {
      v: 1,
      log: this.origin,
      entry_id: id,
      ts: new Date(this.clock).toISOString(),
      writer: writer.id,
    } as const;
    return sealEntry(dataKey(key), { ...stamp, ...facts }, payload, commits);
  }
}

/** One interaction: what left, and how it ended. */
export function interaction(number: number, tenant: string, key = tenant): Recorded[] {
  const body = { messages: [{ role: 'user', content: `olá ${number} ${'x'.repeat(number % 50)}` }], temperature: 0.5 };
  const response = { choices: [{ text: `answer ${number}` }] };
  const facts: Omit<Facts, 'event'> = { request_id: `r${number}`, tenant, user_id: `s_${number % 7}`, model: 'fast' };
  return [
    {
      facts: { ...facts, event: 'llm.request' },
      payload: { request: { dialect: 'openai', body } },
      commits: { prompt: { messages: body.messages } },
      key,
    },
    {
      facts: {
        ...facts,
        event: 'llm.response',
        outcome: 'answered',
        compliance_flags: ['a "quoted" flag'],
        metadata: { latency_ms: number } as PlainObject,
      },
      payload: { response },
      commits: { response: response.choices },
      key,
    },
  ];
}

/** Two writers, two tenants, heartbeats, everything closed. */
export function usualLog(interactions: number): CorpusLog {
  const log = new CorpusLog();
  log.open('a');
  log.open('b', [
    { facts: { event: 'config.loaded', metadata: { hash: 'sha256:00' } }, payload: { some: null, ratio: 0.25 } },
  ]);
  for (let i = 0; i < interactions; i++) {
    const [request, response] = interaction(i, i % 3 ? 't_1' : 't_2') as [Recorded, Recorded];
    if (i % 5 === 0) log.append(i % 2 ? 'b' : 'a', [request, response]);
    else {
      log.append(i % 2 ? 'a' : 'b', [
        request,
        ...(i % 4 ? [] : (interaction(1_000 + i, 't_1') as [Recorded, Recorded])),
      ]);
      log.append(i % 2 ? 'a' : 'b', [response]);
    }
    if (i % 10 === 9) for (const name of ['a', 'b']) log.append(name, [{ facts: { event: 'writer.heartbeat' } }]);
  }
  log.close('b');
  log.close('a');
  return log;
}

/** A log that has been through everything: another key, a restore, a dropped month, forgotten content. */
export function eventfulLog(): CorpusLog {
  const log = new CorpusLog();
  log.open('a');
  for (let i = 0; i < 6; i++) log.append('a', interaction(i, 't_1', i < 2 ? 'erased' : 't_1'));
  log.rotate('a', keyPair('log 2'));
  log.open('b');
  log.append('b', interaction(7, 't_2'));
  log.append('b', [
    { facts: { event: 'retention.drop', metadata: { month: '2026-01', first: 3, last: 6 } } },
    { facts: { event: 'key.shred', metadata: { key_ids: [dataKeyId('erased')] } } },
  ] satisfies Recorded[]);
  log.append('a', interaction(8, 't_1'));
  log.restore(log.size - 2, 'c');
  log.append('c', interaction(9, 't_1'));
  return log;
}

export interface BundleRequest extends Partial<Omit<BundleContents, 'about'>> {
  readonly about?: Partial<BundleAbout>;
}

export async function bundleOf(log: CorpusLog, request: BundleRequest = {}): Promise<Buffer> {
  const about: BundleAbout = {
    log: log.origin,
    size: log.size,
    entries: 'all',
    payloads: 'all',
    made_at: '2026-11-28T12:00:00.000Z',
    ...request.about,
  };
  const { vkey, log: key } = log;
  const contents = { checkpoints: [log.checkpoint()], runs: log.batches, ...request, about };
  const parts: Buffer[] = [];
  for await (const part of writeBundle(contents, { vkey, sign: (text) => signText(text, key.privateKey) }))
    parts.push(part);
  return Buffer.concat(parts);
}

/** The entries that are wanted, in the batches they are in; of everything else only hashes. */
export async function selectionOf(
  log: CorpusLog,
  wanted: (index: number) => boolean,
  splits: readonly number[] = [],
): Promise<Run[]> {
  const runs: Run[] = [];
  let at = 0;
  for (const batch of log.batches) {
    const entries = batch.entries.map((entry, i) => (wanted(batch.first + i) ? entry : withholdEntry(entry)));
    if (!entries.some(({ header }) => header !== undefined)) continue;
    if (batch.first > at) runs.push(await withheldRun(at, batch.first, log.reader, splits));
    runs.push({ ...batch, entries });
    at = batch.first + batch.entries.length;
  }
  if (at < log.size) runs.push(await withheldRun(at, log.size, log.reader, splits));
  return runs;
}
