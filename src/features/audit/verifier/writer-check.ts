import type { KeyObject } from 'node:crypto';
import { batchStatement, statementHash, verifyBatch } from '../format/batch';
import { decodeBase64 } from '../format/base64';
import { importPublicKey, verifyText } from '../format/ed25519';
import type { WriterAdmission } from '../format/bundle-layout';
import type { RunLine } from '../format/bundle-lines';
import { certificateText, writerId } from '../format/writer-certificate';
import type { ShownEntry } from './entry-check';
import type { Findings } from './findings';
import type { LogKeys } from './log-keys';

export type BatchLine = Extract<RunLine, { kind: 'batch' }>;

interface Writer {
  readonly id: string;
  readonly key: KeyObject;
  readonly opened: number;
  /** How many epochs had ended when it was opened. */
  readonly epoch: number;
  lane: number;
  /** What it signed last. */
  statement: Buffer | undefined;
  /** Entries of its last batch were not shown. */
  withheld: boolean;
  /** How many runs had been withheld at its last batch. */
  gaps: number;
  closed?: boolean;
  last: number;
  pulse: number;
}

interface Admission extends WriterAdmission {
  readonly index: number;
}

/** Heartbeats that may be missing before somebody should look; and before the others should have noticed. */
const SILENT_PULSES = 3;
const GONE_PULSES = 5;

/** Who wrote, admitted by the log, without gaps, until they said that they leave. */
export class WriterCheck {
  private readonly writers = new Map<string, Writer>();
  private readonly admitted = new Map<string, Admission>();
  private readonly admissions: Admission[] = [];
  /** By the name of a writer: the last entry that declared it lost. */
  private readonly lost = new Map<string, number>();
  private newest = 0;
  private origin = '';
  // counted, so that no run and no epoch has to go through all writers there are
  private gaps = 0;
  private ended = 0;

  /** @param pulse seconds between heartbeats where writers do not say */
  constructor(
    private readonly findings: Findings,
    private readonly pulse: number,
  ) {}

  get count(): number {
    return this.writers.size;
  }

  /** From the bundle: writers whose first entry is not shown. */
  admit(admission: WriterAdmission): void {
    this.admitted.set(`${admission.origin} ${writerId(admission.key)}`, { ...admission, index: -1 });
  }

  /** Entries were withheld: statements may be missing. */
  skip(): void {
    this.gaps++;
  }

  /** @param gaps whether entries before this batch were withheld */
  check(batch: BatchLine, root: Buffer, entries: readonly ShownEntry[], gaps: boolean): void {
    const { writer: id, lane, previous, first, origin } = batch;
    const name = `${origin} ${id}`;
    // whoever wrote before the database was restored writes no more, and could not say so
    if (origin !== this.origin) this.ended++;
    this.origin = origin;
    const known = this.writers.get(name);
    const text = batchStatement({ ...batch, root });
    const writer = known ?? this.open(batch, entries);
    if (!writer) return;
    if (!verifyBatch(text, writer.key, batch.signature))
      this.findings.failure('batch-signature', `the batch of ${batch.n} entries is not what ${id} signed`, first);
    if (known) this.checkLane(batch, known);
    else if (lane !== 1 && !gaps) this.findings.failure('lane', `${id} begins with its batch ${lane}`, first);
    else if (lane === 1 && previous) this.findings.failure('lane', `the first batch of ${id} follows another`, first);
    else if (lane !== 1 && !previous) this.findings.failure('lane', `batch ${lane} of ${id} follows none`, first);
    const end = known && this.endOf(known);
    if (end) this.findings.warning('writer-closed', `${id} wrote after it was ${end}`, first);
    const { gaps: seen } = this;
    Object.assign(writer, { lane, statement: statementHash(text), withheld: entries.length < batch.n, gaps: seen });
    this.writers.set(name, writer);
    for (const entry of entries) this.follow(entry, writer);
  }

  /** Certificates, once all keys of the log are known; and who never said that it leaves. */
  finish(keys: LogKeys): void {
    for (const { origin, key, certificate, index } of this.admissions) {
      const text = certificateText(origin, key);
      if (!keys.forEntry(origin, index).some((log) => verifyText(text, log.key, certificate)))
        this.findings.failure('certificate', `${writerId(key)} was not admitted by the log`, Math.max(index, 0));
    }
    // where entries were withheld since, its farewell may be among them
    for (const writer of this.writers.values()) {
      const { id, last, opened, pulse, withheld, gaps } = writer;
      const silent = this.newest - last > GONE_PULSES * pulse;
      if (silent && !withheld && gaps === this.gaps && !this.endOf(writer))
        this.findings.warning('writer-silent', `${id} fell silent without a word`, opened);
    }
  }

  private endOf({ id, opened, epoch, closed }: Writer): 'closed' | 'lost' | undefined {
    if (closed) return 'closed';
    return epoch !== this.ended || (this.lost.get(id) ?? -1) >= opened ? 'lost' : undefined;
  }

  private open(batch: BatchLine, entries: readonly ShownEntry[]): Writer | undefined {
    const { writer: id, lane, origin, first } = batch;
    const opening = lane === 1 ? entries.slice(0, 2).find(({ header }) => header.event === 'writer.open') : undefined;
    const admission = opening ? admissionIn(opening, origin) : this.admitted.get(`${origin} ${id}`);
    if (!admission || writerId(admission.key) !== id) {
      this.findings.failure('writer', `${id} never introduced itself`, first);
      return undefined;
    }
    this.admissions.push(admission);
    const said = opening?.header.metadata?.['heartbeat_seconds'];
    const pulse = 1_000 * (typeof said === 'number' && said > 0 ? said : this.pulse);
    const last = entries[0]?.at ?? 0;
    return {
      id,
      key: importPublicKey(admission.key),
      opened: first,
      epoch: this.ended,
      lane,
      statement: undefined,
      withheld: false,
      gaps: this.gaps,
      last,
      pulse,
    };
  }

  private checkLane({ writer: id, lane, previous, first }: BatchLine, known: Writer): void {
    const follows = lane === known.lane + 1;
    // after entries that were not shown batches may be missing
    const statement = known.gaps === this.gaps ? known.statement : undefined;
    if (statement === undefined ? lane <= known.lane : !follows)
      this.findings.failure('lane', `batch ${lane} of ${id} follows its batch ${known.lane}`, first);
    else if (!previous || (statement && !previous.equals(statement)))
      this.findings.failure('lane', `batch ${lane} of ${id} does not follow what it signed before`, first);
  }

  private follow({ header: { event, metadata }, at, index }: ShownEntry, writer: Writer): void {
    if (writer.statement && at - writer.last > SILENT_PULSES * writer.pulse)
      this.findings.warning(
        'heartbeat',
        `nothing was heard of the writer for ${Math.round((at - writer.last) / 1_000)} s`,
        index,
      );
    writer.last = Math.max(writer.last, at);
    this.newest = Math.max(this.newest, at);
    if (event === 'writer.close') {
      writer.closed = true;
      if (metadata?.['last_lane'] !== writer.lane)
        this.findings.failure('writer-close', `names another last batch than its own, ${writer.lane}`, index);
    }
    if (event === 'writer.lost') {
      const named = metadata?.['writer'];
      if (typeof named === 'string') this.lost.set(named, index);
    }
  }
}

function admissionIn({ header: { metadata }, index }: ShownEntry, origin: string): Admission | undefined {
  const [key, certificate] = [metadata?.['writer_key'], metadata?.['certificate']].map((value) =>
    typeof value === 'string' ? decodeBase64(value) : undefined,
  );
  return key?.length === 32 && certificate ? { origin, key, certificate, index } : undefined;
}
