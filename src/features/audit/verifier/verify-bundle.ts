import { parseNote, verifyNote } from '../format/note';
import { TarError } from '../format/tar';
import { KEY_TYPE, type VerifierKey } from '../format/vkey';
import { BundleReader, type LogSource } from './bundle-reader';
import { ChunkCheck, type Checks } from './chunk-check';
import { Coverage } from './coverage';
import { EntryCheck } from './entry-check';
import { EpochCheck } from './epoch-check';
import { type Finding, Findings, Stop } from './findings';
import { Heads } from './heads';
import { LogKeys } from './log-keys';
import { type OnOpened, PayloadCheck } from './payload-check';
import { Receipts } from './receipts';
import type { Report, Verdict } from './report';
import { TimeCheck } from './time-check';
import { WriterCheck } from './writer-check';

/** What the auditor brings: all trust comes from here. */
export interface Trust {
  /** Of the log. */
  readonly vkeys: readonly VerifierKey[];
  readonly witnesses?: readonly VerifierKey[];
  /** How many of the witnesses must have signed. */
  readonly quorum?: number;
  /** Checkpoints and tlog-proofs that were kept outside. */
  readonly outside?: readonly { readonly name: string; readonly text: string }[];
  /** Every entry must be shown that was not dropped. */
  readonly whole?: boolean;
  /** Seconds between heartbeats where writers do not say. */
  readonly heartbeat?: number;
  /** Leaves SHA-256 and signature of the members to others: the log's own proofs must do. */
  readonly withoutManifest?: boolean;
  readonly onOpened?: OnOpened;
  /** Told now and then how many entries were checked. */
  readonly onProgress?: (entries: number) => void | Promise<void>;
  /** Asked every millisecond or so of work: what it returns is waited for, so that others in the process have their turn. */
  readonly pause?: () => Promise<void> | undefined;
}

const PROOF = 'c2sp.org/tlog-proof@v1\n';
/** Failures that say between which entries to look, not at which. */
const VAGUE = new Set(['root', 'truncated', 'checkpoint-signature', 'certificate']);

/** All checks of the log that can be made without its operator. Never throws for what the bundle holds. */
export async function verifyBundle(source: AsyncIterable<Buffer>, trust: Trust): Promise<Report> {
  const findings = new Findings();
  return verifyLog(new BundleReader(source, findings), findings, trust);
}

/** The same for a log that is read in another way. @param findings where the source, too, tells what is wrong */
export async function verifyLog(source: LogSource, findings: Findings, trust: Trust): Promise<Report> {
  const keys = new LogKeys(trust.vkeys.filter(({ type }) => type === KEY_TYPE.note));
  const heads = new Heads(findings);
  const receipts = new Receipts(findings);
  for (const { name, text } of trust.outside ?? []) {
    const checkpoint = text.startsWith(PROOF) ? receipts.add(text, name) : text;
    if (checkpoint !== undefined) heads.add(checkpoint, name, true);
  }
  const parts = {
    findings,
    keys,
    heads,
    receipts,
    entries: new EntryCheck(findings),
    writers: new WriterCheck(findings, trust.heartbeat ?? 60),
    epochs: new EpochCheck(findings, (lost) => heads.admitLoss(lost)),
    coverage: new Coverage(findings),
    times: new TimeCheck(findings),
  };
  const run = new Run(parts, trust, source);
  let reason: string | undefined;
  try {
    await run.read();
  } catch (error) {
    if (error instanceof TarError) reason = error.message;
    else if (!(error instanceof Stop)) throw error;
  }
  return run.report(reason);
}

class Run {
  private payloads: PayloadCheck | undefined;
  private log: ChunkCheck | undefined;
  private origin: string | undefined;
  private counts = { pruned: 0, withheld: 0 };

  constructor(
    private readonly parts: Omit<Checks, 'payloads'>,
    private readonly trust: Trust,
    private readonly source: LogSource,
  ) {}

  async read(): Promise<void> {
    const { findings, keys, heads, writers, times, coverage } = this.parts;
    const { about, checkpoints, writers: admissions, keys: disclosed } = await this.source.preface();
    this.origin = about.log;
    if (!keys.knows(about.log))
      findings.failure('log', `the bundle is of the log ${about.log}; your keys are of another`);
    for (const [i, note] of checkpoints.entries()) {
      heads.add(note, `checkpoint ${i + 1} of the bundle`, false);
      await this.trust.pause?.();
    }
    for (const admission of admissions) writers.admit(admission);
    this.payloads = new PayloadCheck(findings, disclosed, this.trust.onOpened);
    this.log = new ChunkCheck({ ...this.parts, payloads: this.payloads }, about);
    heads.grown(0, () => this.tree.root());
    for await (const chunk of this.source.chunks()) {
      await this.inSteps(this.log.check(chunk));
      await this.trust.onProgress?.(this.tree.size);
    }
    this.checkEnd(about.size);
    this.checkManifest(about.log);
    writers.finish(keys);
    times.finish();
    this.payloads.finish();
    this.counts = coverage.finish(this.trust.whole ?? about.entries === 'all');
    await this.inSteps(heads.check(this.tree.size, keys, about.log));
  }

  report(reason: string | undefined): Report {
    const { findings, heads, entries, coverage, writers } = this.parts;
    const { witnesses = [], quorum = 0 } = this.trust;
    const cosigned = reason ? [] : heads.cosignatures(witnesses, quorum);
    const all = findings.all();
    const verdict: Verdict = findings.failed ? 'failed' : reason === undefined ? 'verified' : 'unchecked';
    const bad = firstBad(all);
    return {
      format: 'gatehouse-audit-report/v1',
      verdict,
      ...(reason !== undefined && { reason }),
      ...(bad && { first_bad: { index: bad.index as number, code: bad.code, message: bad.message } }),
      ...(this.origin !== undefined && { log: this.origin }),
      size: this.log?.tree.size ?? 0,
      ...(this.log && { root: this.log.tree.root().toString('base64') }),
      ...(entries.period && { period: entries.period }),
      checkpoints: {
        bundle: heads.all.filter(({ outside }) => !outside).length,
        outside: heads.all.filter(({ outside }) => outside).length,
      },
      witnesses: cosigned,
      entries: { shown: coverage.shown, ...this.counts },
      events: entries.events,
      batches: this.log?.batches ?? 0,
      writers: writers.count,
      content: this.payloads?.counts ?? { intact: 0, absent: 0, opened: 0, erased: 0 },
      findings: all,
    };
  }

  private async inSteps(work: Iterable<undefined>): Promise<void> {
    for (const _ of work) {
      const pause = this.trust.pause?.();
      if (pause) await pause;
    }
  }

  private get tree() {
    return (this.log as ChunkCheck).tree;
  }

  /** The last checkpoint covers exactly what is there. */
  private checkEnd(said: number): void {
    const { findings, heads } = this.parts;
    const { size } = this.tree;
    const covered = heads.last?.size ?? 0;
    if (!heads.last) findings.failure('checkpoint', 'the bundle has no checkpoint of what is there');
    else if (covered < size)
      findings.failure('checkpoint', `no checkpoint covers the entries from ${covered} on`, covered);
    if (said !== size)
      findings.failure('order', `the bundle should have ${said} entries, and has ${size}`, Math.min(said, size));
  }

  private checkManifest(log: string): void {
    if (this.trust.withoutManifest) return;
    const note = this.source.signature(log);
    try {
      if (note !== undefined) verifyNote(parseNote(note), this.parts.keys.any(log));
    } catch (error) {
      this.parts.findings.failure('manifest', `its signature: ${(error as Error).message}`);
    }
  }
}

function firstBad(findings: readonly Finding[]): Finding | undefined {
  const placed = findings.filter(({ severity, index }) => severity === 'failure' && index !== undefined);
  return placed.find(({ code }) => !VAGUE.has(code)) ?? placed[0];
}
