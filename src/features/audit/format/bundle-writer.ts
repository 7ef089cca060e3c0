import { encodeBase64 } from './base64';
import { type BundleAbout, type ChunkPart, chunkMember, MEMBER, type Run, type WriterAdmission } from './bundle-layout';
import { aboutText, admissionLine, checkpointLine, entryLine, runLine } from './bundle-lines';
import { BUNDLE_README } from './bundle-readme';
import { canonicalise } from './canonical';
import { formatManifest, type ManifestMember, manifestMember, manifestText } from './manifest';
import { formatNote } from './note';
import { payloadRecord } from './payload-records';
import { TAR_END, tarHeader, tarPadding } from './tar';
import { parseVkey } from './vkey';

const CHUNK_ENTRIES = 4_096;
const CHUNK_BYTES = 8_388_608;

export interface BundleContents {
  readonly about: BundleAbout;
  /** Signed checkpoints in the order of their sizes; the last one is what everything is proven against. */
  readonly checkpoints: readonly string[];
  /** Of writers whose `writer.open` entry is not shown. */
  readonly writers?: readonly WriterAdmission[];
  /** Keys of entries (`entryKey`) that are disclosed, by entry id. */
  readonly keys?: ReadonlyMap<string, Buffer>;
  /** Everything from the first entry to the last, without gaps. Asked for one at a time. */
  readonly runs: AsyncIterable<Run> | Iterable<Run>;
}

/** Signs for the log. */
export interface ManifestSigner {
  readonly vkey: string;
  sign(text: string): Buffer;
}

/** The bytes of a bundle, as they are pulled. At most one chunk and one run are in memory. */
export async function* writeBundle(contents: BundleContents, signer: ManifestSigner): AsyncGenerator<Buffer, void> {
  const { about, checkpoints, writers = [], keys, runs } = contents;
  const members: ManifestMember[] = [];
  const member = (name: string, content: string | Buffer): Buffer[] => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    members.push(manifestMember(name, bytes));
    return [tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)];
  };

  yield* member(MEMBER.readme, BUNDLE_README);
  yield* member(MEMBER.about, aboutText(about));
  yield* member(MEMBER.checkpoints, lines(checkpoints.map(checkpointLine)));
  if (writers.length) yield* member(MEMBER.writers, lines(writers.map(admissionLine)));
  if (keys) yield* member(MEMBER.keys, keysText(keys));

  let chunk = new Chunk(0);
  for await (const run of runs) {
    chunk.add(run);
    if (!chunk.isFull) continue;
    for (const [name, content] of chunk.members()) yield* member(name, content);
    chunk = new Chunk(chunk.number + 1);
  }
  for (const [name, content] of chunk.members()) yield* member(name, content);

  const manifest = formatManifest(members);
  const text = manifestText(about.log, manifest);
  const { name, id } = parseVkey(signer.vkey);
  yield* member(MEMBER.manifest, manifest);
  yield* member(MEMBER.manifestNote, formatNote(text, [{ name, id, signature: signer.sign(text) }]));
  yield TAR_END;
}

function keysText(keys: ReadonlyMap<string, Buffer>): string {
  return canonicalise(Object.fromEntries([...keys].map(([id, key]) => [id, encodeBase64(key)])));
}

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

/** Runs that share three members. */
class Chunk {
  private readonly runs: string[] = [];
  private readonly headers: string[] = [];
  private readonly payloads: Buffer[] = [];
  private bytes = 0;

  constructor(readonly number: number) {}

  get isFull(): boolean {
    return this.headers.length >= CHUNK_ENTRIES || this.runs.length >= CHUNK_ENTRIES || this.bytes >= CHUNK_BYTES;
  }

  add(run: Run): void {
    this.runs.push(runLine(run));
    if (run.kind === 'withheld') {
      this.bytes += run.subtrees.length * 64;
      return;
    }
    run.entries.forEach((entry, i) => {
      const line = entryLine(entry);
      this.headers.push(line);
      this.bytes += line.length;
      if (entry.header === undefined || !entry.ciphertext) return;
      this.payloads.push(...payloadRecord(run.first + i, entry.ciphertext));
      this.bytes += entry.ciphertext.length;
    });
  }

  *members(): Generator<[name: string, content: string | Buffer]> {
    const part = (name: ChunkPart) => chunkMember(this.number, name);
    if (this.runs.length) yield [part('runs.ndjson'), lines(this.runs)];
    if (this.headers.length) yield [part('headers.ndjson'), lines(this.headers)];
    if (this.payloads.length) yield [part('payloads.bin'), Buffer.concat(this.payloads)];
  }
}
