import type { PersonalDataPolicy } from '../../../platform/config/guards';
import type { Finding } from '../finding';
import type { LongScan, Scanner } from '../scan';
import type { EntityDetector } from '../sidecar/entity-detector';
import { mergeFindings } from '../sidecar/merge-findings';
import { type NamedLiteral, readLiterals } from '../text/json-text';
import type { TextPlace } from './call-texts';
import { inTurns } from './in-turns';
import { JsonSearched } from './json-searched';
import type { Pace } from './pace';
import { Passage } from './passage';
import { Remembered } from './remembered';
import { PlainText, type Searched } from './searched';

/** Longer texts are read in slices, with breaks between them. */
const SHORT = 4_096;
/** Of computing, for each started megabyte of text: ten times what an ordinary text takes. */
const BUDGET_MS_PER_MB = 5_000;
const LEAST_BUDGET_MS = 250;
/** Texts whose findings are remembered. */
const REMEMBERED = 10_000;

export interface Wanted {
  readonly policy: Pick<PersonalDataPolicy, 'threshold' | 'ignore'>;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

export interface SearchResult {
  /** Absent where nothing was found. */
  readonly searched: Searched | undefined;
  /** False when the text could not be read to its end in the time that it may take. */
  readonly complete: boolean;
}

type SearchedPlace = Pick<TextPlace, 'kind' | 'passage' | 'name'>;

const CLEAN: SearchResult = { searched: undefined, complete: true };

interface Found {
  readonly findings: readonly Finding[];
  readonly complete: boolean;
}

/** Looks for personal data and secrets: by rules, and with the sidecar where there is one. */
export class TextSearch {
  private readonly read = new Remembered<LongScan>(REMEMBERED);
  private alone: TextSearch | undefined;

  constructor(
    private readonly scanner: Scanner,
    private readonly sidecar: EntityDetector | undefined,
  ) {}

  get rulesOnly(): TextSearch {
    if (!this.sidecar) return this;
    return (this.alone ??= new TextSearch(this.scanner, undefined));
  }

  /** What rules alone find in a short text, at once. @param before what stands before it */
  rules(text: string, before: string, policy: Wanted['policy']): readonly Finding[] {
    return wantedOf(this.scanner.scan(text, before), policy);
  }

  get asksSidecar(): boolean {
    return this.sidecar !== undefined;
  }

  /** What is found without waiting for anything; undefined where that takes longer, or the sidecar must be asked. */
  quickly(place: SearchedPlace, policy: Wanted['policy']): SearchResult | undefined {
    if (this.sidecar || mayBeJson(place)) return undefined;
    const found = this.foundQuickly(place.passage, place.name);
    return found && plainResult(place.passage, wantedOf(found.findings, policy), found.complete);
  }

  /** @throws DetectorUnavailable when the sidecar cannot be asked */
  async search(place: SearchedPlace, wanted: Wanted): Promise<SearchResult> {
    const { passage, name } = place;
    const literals = mayBeJson(place) ? await inTurns(readLiterals(passage.text), wanted.pace) : undefined;
    if (literals) return this.json(passage.text, literals, name, wanted);
    const { findings, complete } = await this.plain(passage, name, wanted);
    return plainResult(passage, findings, complete);
  }

  /** Each literal on its own, and the sidecar once about all of them. */
  private async json(
    text: string,
    literals: readonly NamedLiteral[],
    name: string,
    wanted: Wanted,
  ): Promise<SearchResult> {
    const names = this.sidecar ? await this.named(literals, wanted) : undefined;
    const parts = [];
    let complete = true;
    for (const [index, literal] of literals.entries()) {
      const found = await this.byRules(new Passage(literal.value), literal.name || name, wanted);
      complete &&= found.complete;
      const findings = merged(found.findings, names?.get(index), literal.value);
      if (findings.length) parts.push({ literal, findings });
    }
    return { searched: parts.length ? new JsonSearched(text, parts) : undefined, complete };
  }

  /** What the sidecar finds in literals, by their place. */
  private async named(
    literals: readonly NamedLiteral[],
    { policy, signal }: Wanted,
  ): Promise<ReadonlyMap<number, Finding[]>> {
    const found = new Map<number, Finding[]>();
    const starts: number[] = [];
    let joined = '';
    for (const { value } of literals) {
      starts.push(joined.length);
      joined += `${value}\n`;
    }
    let index = 0;
    for (const finding of (await this.sidecar?.detect(joined, signal)) ?? []) {
      if (!isWanted(finding, policy)) continue;
      while ((starts[index + 1] ?? Infinity) <= finding.start) index++;
      const start = starts[index] ?? 0;
      const end = Math.min(finding.end - start, literals[index]?.value.length ?? 0);
      if (finding.start - start >= end) continue;
      found.set(index, [...(found.get(index) ?? []), { ...finding, start: finding.start - start, end }]);
    }
    return found;
  }

  /** What rules find, sure or not. */
  private async found(passage: Passage, name: string): Promise<LongScan> {
    return this.foundQuickly(passage, name) ?? this.foundInTurns(passage, name);
  }

  /** Undefined for what is long and was not read before. */
  private foundQuickly(passage: Passage, name: string): LongScan | undefined {
    const { known, keep } = this.read.find(passage, name);
    if (known || passage.text.length > SHORT) return known;
    const scan = { findings: this.scanner.scan(passage.text, name), complete: true };
    keep(scan);
    return scan;
  }

  private async foundInTurns(passage: Passage, name: string): Promise<LongScan> {
    const { text } = passage;
    const budgetMs = Math.max(LEAST_BUDGET_MS, (text.length / 1e6) * BUDGET_MS_PER_MB);
    const scan = await this.scanner.scanLong(text, name, { budgetMs });
    if (scan.complete) this.read.find(passage, name).keep(scan);
    return scan;
  }

  /** @throws DetectorUnavailable */
  async plain(passage: Passage, name: string, wanted: Wanted): Promise<Found> {
    const { text } = passage;
    const { findings, complete } = await this.byRules(passage, name, wanted);
    if (!this.sidecar) return { findings, complete };
    const more = (await this.sidecar.detect(text, wanted.signal)).filter((one) => isWanted(one, wanted.policy));
    return { findings: merged(findings, more, text), complete };
  }

  private async byRules(passage: Passage, name: string, { policy, pace, signal }: Wanted): Promise<Found> {
    if (pace.due) await pace.rest();
    signal.throwIfAborted();
    const { findings, complete } = await this.found(passage, name);
    return { findings: wantedOf(findings, policy), complete };
  }
}

function merged(rules: readonly Finding[], more: readonly Finding[] | undefined, text: string): readonly Finding[] {
  return more?.length ? mergeFindings(rules, more, text) : rules;
}

function wantedOf(findings: readonly Finding[], policy: Wanted['policy']): readonly Finding[] {
  return findings.length ? findings.filter((finding) => isWanted(finding, policy)) : findings;
}

function isWanted({ confidence, entity }: Finding, { threshold, ignore }: Wanted['policy']): boolean {
  return confidence >= threshold && !ignore.includes(entity);
}

function plainResult({ text }: Passage, findings: readonly Finding[], complete: boolean): SearchResult {
  if (!findings.length && complete) return CLEAN;
  return { searched: findings.length ? new PlainText(text, findings) : undefined, complete };
}

/** What people and models read, not ids and names. */
function mayBeJson({ kind, passage: { text } }: SearchedPlace): boolean {
  return (kind === 'text' || kind === 'arguments' || kind === 'key') && /^\s{0,100}[[{"]/.test(text);
}
