import { isUtf8 } from 'node:buffer';
import { decodeBase64 } from '../format/base64';
import { type BundleAbout, CHUNK_PARTS, chunkMember, MEMBER, type WriterAdmission } from '../format/bundle-layout';
import { parseAbout, parseAdmissionLine, parseCheckpointLine } from '../format/bundle-lines';
import { canonicalise, parseCanonical } from '../format/canonical';
import { type ManifestMember, manifestMember, manifestText, parseManifest } from '../format/manifest';
import { readTar, type TarMember } from '../format/tar';
import { writerId } from '../format/writer-certificate';
import { type Findings, Stop } from './findings';

/** What comes before the log itself. */
export interface Preface {
  readonly about: BundleAbout;
  readonly checkpoints: readonly string[];
  readonly writers: readonly WriterAdmission[];
  readonly keys: ReadonlyMap<string, Buffer>;
}

export interface Chunk {
  readonly runs: readonly string[];
  readonly headers: readonly string[];
  readonly payloads: Buffer;
}

/** A log as it is told to the verifier. */
export interface LogSource {
  preface(): Promise<Preface>;
  chunks(): AsyncIterable<Chunk>;
  /** The signed note on what was told, for the log of that origin; undefined, and found fault with, when it is about something else. */
  signature(log: string): string | undefined;
}

/** The members of a bundle, in the one order that there is. */
export class BundleReader implements LogSource {
  private readonly members: AsyncGenerator<TarMember, void>;
  private readonly seen: ManifestMember[] = [];
  private current: TarMember | undefined;
  /** The manifest and its note. */
  private manifest = '';
  private note = '';

  constructor(
    source: AsyncIterable<Buffer>,
    private readonly findings: Findings,
  ) {
    this.members = readTar(source, true);
  }

  async preface(): Promise<Preface> {
    await this.advance();
    await this.text(MEMBER.readme);
    const about = this.parse(MEMBER.about, await this.text(MEMBER.about), parseAbout);
    const checkpoints = (await this.lines(MEMBER.checkpoints)).map((line) =>
      this.parse(MEMBER.checkpoints, line, parseCheckpointLine),
    );
    const writers = this.has(MEMBER.writers) ? await this.lines(MEMBER.writers) : [];
    const keys = this.has(MEMBER.keys)
      ? this.parse(MEMBER.keys, await this.text(MEMBER.keys), keysOf)
      : new Map<string, Buffer>();
    return { about, checkpoints, writers: writers.map((line) => this.parse(MEMBER.writers, line, admissionOf)), keys };
  }

  async *chunks(): AsyncGenerator<Chunk, void> {
    for (let number = 0; this.has(chunkMember(number, CHUNK_PARTS[0])); number++) {
      const [runs, headers, payloads] = CHUNK_PARTS.map((part) => chunkMember(number, part)) as [
        string,
        string,
        string,
      ];
      yield {
        runs: await this.lines(runs),
        headers: this.has(headers) ? await this.lines(headers) : [],
        payloads: this.has(payloads) ? await this.take(payloads) : Buffer.alloc(0),
      };
    }
    const before = [...this.seen];
    this.manifest = await this.text(MEMBER.manifest);
    this.note = await this.text(MEMBER.manifestNote);
    if (this.current) this.stop(`${this.current.name} does not belong here`);
    this.compare(before);
  }

  /** The signed note, when it is about this manifest. */
  signature(log: string): string | undefined {
    if (this.note.startsWith(`${manifestText(log, this.manifest)}\n`)) return this.note;
    this.findings.failure('manifest', 'the note is not about this manifest');
    return undefined;
  }

  private compare(before: readonly ManifestMember[]): void {
    const listed = this.parse(MEMBER.manifest, this.manifest, (text) => [...parseManifest(text)]);
    const wrong = before.find((member, i) => canonicalise({ ...member }) !== canonicalise({ ...listed[i] }));
    if (wrong) this.findings.failure('manifest', `${wrong.name} is not what the manifest says`);
    else if (listed.length !== before.length) this.findings.failure('manifest', 'members are missing');
  }

  private has(name: string): boolean {
    return this.current?.name === name;
  }

  private async lines(name: string): Promise<string[]> {
    const text = await this.text(name);
    if (text && !text.endsWith('\n')) this.stop(`${name} is cut off`);
    return text ? text.slice(0, -1).split('\n') : [];
  }

  private async text(name: string): Promise<string> {
    const content = await this.take(name);
    if (!isUtf8(content)) this.stop(`${name} is not UTF-8`);
    return content.toString('utf8');
  }

  private async take(name: string): Promise<Buffer> {
    const member = this.current;
    if (member?.name !== name) this.stop(`${name} is missing${member ? `; ${member.name} is in its place` : ''}`);
    const { content } = member as TarMember;
    this.seen.push(manifestMember(name, content));
    await this.advance();
    return content;
  }

  private async advance(): Promise<void> {
    const next = await this.members.next();
    this.current = next.done ? undefined : next.value;
  }

  private parse<T>(name: string, text: string, read: (text: string) => T): T {
    try {
      return read(text);
    } catch (error) {
      return this.stop(`${name}: ${(error as Error).message}`);
    }
  }

  private stop(message: string): never {
    this.findings.failure('bundle', message);
    throw new Stop(message);
  }
}

function admissionOf(line: string): WriterAdmission {
  const admission = parseAdmissionLine(line);
  if (writerId(admission.key) !== admission.writer) throw new Error(`the key of ${admission.writer} is another`);
  return admission;
}

function keysOf(text: string): ReadonlyMap<string, Buffer> {
  const parsed = parseCanonical(text);
  if (typeof parsed !== 'object' || Array.isArray(parsed)) throw new Error('not an object');
  const keys = Object.entries(parsed).map(([id, value]): [string, Buffer] => {
    const key = typeof value === 'string' ? decodeBase64(value) : undefined;
    if (key?.length !== 32) throw new Error(`the key of ${id} is not 32 bytes of base64`);
    return [id, key];
  });
  return new Map(keys);
}
