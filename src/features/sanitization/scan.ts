import type { Entity } from '../../contract/entities';
import { cpuClock } from './cpu-clock';
import type { Finding } from './finding';
import { PhoneDetector } from './detectors/phone';
import { Normalisation, normalise, type View } from './normalise';
import { type Candidate, resolveOverlaps } from './overlap';
import { BREAK, mayHold, readPage } from './read-page';
import { type Slice, slicesOf } from './slices';

export { ACTION_THRESHOLD } from './overlap';

export interface ScannerOptions {
  /** ISO 3166 codes of countries whose telephone numbers are known without `+`, besides Brazil and the United States. */
  readonly phoneRegions?: readonly string[];
  /** What is looked for; left out: everything. What is not looked for still keeps its digits from being taken for others. */
  readonly entities?: ReadonlySet<Entity>;
}

export interface ScanLimits {
  /** CPU time in milliseconds that the scan may take in all; left out: 50 for each 16 k characters begun. */
  readonly budgetMs?: number;
  /** Milliseconds of CPU time that never go back; for tests. */
  readonly clock?: () => number;
  /** Lets others have a turn; for tests. */
  readonly pause?: () => Promise<void>;
}

export interface LongScan {
  readonly findings: readonly Finding[];
  /** False when the budget was used up before the end of the text: what follows was not looked at. */
  readonly complete: boolean;
}

/** Texts up to this length are scanned at once. */
const SHORT = 16_384;
const BUDGET_MS = 50;
/** After so many milliseconds of CPU time others get a turn. */
const TURN_MS = 8;
const LARGEST = 16_384;
const SMALLEST = 2_048;
const CONTEXT = 96;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Finds personal data and secrets by their form, their check digits, and the words around them. Holds no text. */
export class Scanner {
  private readonly phones: PhoneDetector;
  private readonly entities: ReadonlySet<Entity> | undefined;

  constructor({ phoneRegions = [], entities }: ScannerOptions = {}) {
    this.phones = new PhoneDetector(phoneRegions);
    this.entities = entities;
  }

  /**
   * Everything found in a text of bounded size, sorted by where it starts, nothing overlapping, sure or not.
   * @param context what stands before the text, for instance the key of a JSON member; only its end counts
   */
  scan(text: string, context = ''): readonly Finding[] {
    const view = normalise(text);
    const lead = leadOf(context);
    const whole = { start: 0, end: view.text.length, from: 0, to: view.text.length };
    return this.read(view, lead, whole);
  }

  /** The same for a text of any length, slice by slice, with a turn for others in between and an end to its patience. */
  async scanLong(text: string, context = '', limits: ScanLimits = {}): Promise<LongScan> {
    if (text.length <= SHORT) return { findings: this.scan(text, context), complete: true };
    const { clock = cpuClock, pause = nextTurn } = limits;
    const budget = limits.budgetMs ?? BUDGET_MS * Math.ceil(text.length / SHORT);
    const pace = new Pace(clock, pause, budget);
    const reading = new Normalisation(text);
    while (!reading.step()) if (await pace.isOver()) return { findings: [], complete: false };
    const { view } = reading;
    const lead = leadOf(context);
    const findings: Finding[] = [];
    for (const slice of slicesOf(view.text, () => pace.size)) {
      if (await pace.isOver()) return { findings, complete: false };
      for (const finding of this.read(view, slice.from ? '' : lead, slice)) findings.push(finding);
    }
    return { findings, complete: true };
  }

  /** Findings that begin in a slice. */
  private read(view: View, lead: string, { start, end, from, to }: Slice): readonly Finding[] {
    const text = view.text.slice(from, to);
    // most texts hold nothing; looked at one by one, as both together would be written anew
    if (!mayHold(text) && !mayHold(lead)) return NOTHING;
    const shift = from - lead.length;
    const findings: Finding[] = [];
    for (const one of resolveOverlaps(readPage(lead + text, this.phones))) {
      const at = one.start + shift;
      if (at >= start && at < end && (this.entities?.has(one.entity) ?? true))
        findings.push(asFinding(view, one, shift));
    }
    return findings;
  }
}

const NOTHING: readonly Finding[] = [];

function asFinding(view: View, { entity, start, end, confidence, validated }: Candidate, shift: number): Finding {
  return { entity, start: view.startOf(start + shift), end: view.endOf(end + shift), confidence, validated };
}

const leadOf = (context: string): string => (context ? normalise(context.slice(-CONTEXT)).text + BREAK : '');

/** Work in turns: how much time it has taken in all, and since others had theirs. */
class Pace {
  /** Characters that the next slice may have, so that none keeps others waiting for long. */
  size = LARGEST / 4;
  private used = 0;
  private since: number;
  private last: number;

  constructor(
    private readonly clock: () => number,
    private readonly pause: () => Promise<void>,
    private readonly budget: number,
  ) {
    this.since = this.last = clock();
  }

  /** Whether the budget is used up; gives others a turn when they have waited long enough. */
  async isOver(): Promise<boolean> {
    const now = this.clock();
    const turn = now - this.since;
    const step = now - this.last;
    this.last = now;
    if (step > TURN_MS / 2) this.size = Math.max(SMALLEST, this.size / 2);
    else if (step < TURN_MS / 4) this.size = Math.min(LARGEST, this.size * 2);
    if (this.used + turn > this.budget) return true;
    if (turn > TURN_MS) {
      this.used += turn;
      await this.pause();
      this.since = this.last = this.clock();
    }
    return false;
  }
}
