import { CanonicalError, parseCanonical } from '../format/canonical';
import { EVENTS, type Header } from '../format/header';
import { EntryIds } from './entry-ids';
import type { Findings } from './findings';
import { instant } from './instant';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HEX = /^[0-9a-f]+$/;
const HEX_DIGITS = 64;
const ALGORITHM = 'sha256:';
const KNOWN: ReadonlySet<string> = new Set(EVENTS);

/** An entry that is shown. */
export interface ShownEntry {
  readonly index: number;
  readonly text: string;
  readonly header: Header;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Each entry on its own: canonical, complete, of this log, never twice. */
export class EntryCheck {
  private readonly ids = new EntryIds();
  /** Without a prototype: the log may have an event of any name. */
  readonly events = Object.create(null) as Record<string, number>;
  private first = '';
  private last = '';

  constructor(private readonly findings: Findings) {}

  /** Timestamps of the oldest and the newest entry. */
  get period(): { readonly from: string; readonly to: string } | undefined {
    return this.last ? { from: this.first, to: this.last } : undefined;
  }

  /** Undefined when it cannot be understood. */
  check(
    index: number,
    text: string,
    batch: { readonly origin: string; readonly writer: string },
  ): ShownEntry | undefined {
    const header = this.parse(index, text);
    if (!header) return undefined;
    const { v, log, entry_id: id, ts, writer, event } = header;
    const at = instant(ts);
    const wrong = Number.isNaN(at) ? 'ts' : wrongMember(header);
    if ((v as number) !== 1)
      this.findings.failure('entry', `is of version ${String(v)}, which this verifier does not know`, index);
    else if (wrong) this.findings.failure('entry', `has no proper ${wrong}`, index);
    else if (log !== batch.origin) this.findings.failure('entry-log', `belongs to the log ${log}`, index);
    else if (writer !== batch.writer)
      this.findings.failure('entry-writer', `was written by ${writer}, not by ${batch.writer}`, index);
    else if (!this.ids.add(id)) this.findings.failure('entry-twice', `${id} is there twice`, index);
    if (wrong) return undefined;
    if (!KNOWN.has(event)) this.findings.notice('event', `the event ${event} is not known to this verifier`, index);
    this.events[event] = (this.events[event] ?? 0) + 1;
    if (!this.first || ts < this.first) this.first = ts;
    if (ts > this.last) this.last = ts;
    return { index, text, header, at };
  }

  private parse(index: number, text: string): Header | undefined {
    try {
      const value = parseCanonical(text);
      if (typeof value === 'object' && !Array.isArray(value)) return value as unknown as Header;
      this.findings.failure('entry', 'is not an object', index);
    } catch (error) {
      if (!(error instanceof CanonicalError)) throw error;
      this.findings.failure('entry-canonical', `its header is ${error.message}`, index);
    }
    return undefined;
  }
}

function wrongMember(header: Header): string | undefined {
  const { log, entry_id, writer, event, key_id, key_commit, ct_hash, ct_len } = header as unknown as Record<
    string,
    unknown
  >;
  const is = (value: unknown, form: RegExp) => typeof value === 'string' && form.test(value);
  if (!is(entry_id, UUID)) return 'entry_id';
  if (typeof log !== 'string') return 'log';
  if (typeof writer !== 'string') return 'writer';
  if (typeof event !== 'string') return 'event';
  if (key_id === undefined ? key_commit !== undefined || ct_hash !== undefined : !isDigest(key_commit))
    return 'key_commit';
  if (key_id !== undefined && typeof key_id !== 'string') return 'key_id';
  if (ct_hash === undefined ? ct_len !== undefined : typeof ct_len !== 'number') return 'ct_len';
  if (
    ct_hash !== undefined &&
    !(typeof ct_hash === 'string' && ct_hash.startsWith(ALGORITHM) && isDigest(ct_hash.slice(ALGORITHM.length)))
  )
    return 'ct_hash';
  const { metadata } = header as { metadata?: unknown };
  if (metadata !== undefined && (typeof metadata !== 'object' || Array.isArray(metadata))) return 'metadata';
  return undefined;
}

const isDigest = (value: unknown): boolean =>
  typeof value === 'string' && value.length === HEX_DIGITS && HEX.test(value);
