import { randomBytes } from 'node:crypto';
import { GatewayError } from '../../contract/errors';
import type { InjectionPolicy } from '../../platform/config/guards';
import type { Origin, Place } from './body/place';
import {
  type Assessment,
  assessLong,
  type Canary,
  classified,
  type Classified,
  combine,
  FLAG_THRESHOLD,
  type InjectionDetector,
  type InjectionRules,
  type LongAssessment,
  type Marker,
  mintCanary,
  mintMarker,
  plant,
  spotlight,
  spotlightNotice,
  type Provenance,
} from './injection';
import type { Mark } from './forms';
import type { TextPlace } from './inspect/call-texts';
import type { Pace } from './inspect/pace';
import type { Passage } from './inspect/passage';
import { Remembered } from './inspect/remembered';
import type { Report } from './report';

export interface Assessed {
  readonly refusal?: GatewayError | undefined;
  /** Whoever tells it has read the instructions out. */
  readonly canary?: Canary | undefined;
  /** What the instructions are to say besides. */
  readonly instructions?: string | undefined;
  readonly mark?: Mark | undefined;
}

/** Longer texts are read in slices, with breaks between them. */
const SHORT = 16_384;
/** Of computing, for each megabyte of text. */
const BUDGET_MS_PER_MB = 2_500;
const LEAST_BUDGET_MS = 250;
/** What a classifier is asked about: not what the operator or the model itself wrote. */
const CLASSIFIED: ReadonlySet<Origin> = new Set(['user', 'tool', 'document', 'other']);
/** Texts whose assessments are remembered. */
const REMEMBERED = 10_000;

/** Assesses how much a call looks as if somebody wanted to take the model over, and does what the policy says. */
export class InjectionGuard {
  private readonly assessed = new Remembered<LongAssessment>(REMEMBERED);

  /** @param classifier a model that is asked as well; its score counts where it is higher */
  constructor(
    readonly rules: InjectionRules,
    private readonly classifier?: InjectionDetector,
  ) {}

  async assess(
    places: readonly TextPlace[],
    policy: InjectionPolicy,
    report: Report,
    pace: Pace,
    signal: AbortSignal,
  ): Promise<Assessed> {
    const canary = policy.canary ? mintCanary(randomBytes) : undefined;
    if (policy.action === 'off') return { canary, instructions: instructionsOf(canary, undefined) };
    const found: Assessment[] = [];
    let suspicious = false;
    const challenged = new Set<number>();
    let complete = true;
    for (let index = 0; index < places.length; index++) {
      const place = places[index];
      if (place.kind !== 'text' && place.kind !== 'arguments') continue;
      if (pace.due) await pace.rest();
      const provenance = provenanceOf(place);
      const assessment =
        this.readQuickly(place.passage, provenance) ?? (await this.readInTurns(place.passage, provenance, signal));
      complete &&= assessment.complete;
      if (!assessment.score) continue;
      found.push(assessment);
      if (assessment.score < threshold(policy, provenance)) continue;
      suspicious = true;
      if (provenance === 'untrusted' && place.kind === 'text') challenged.add(index);
    }
    const combined = combine(found);
    const { rules } = combined;
    const said = this.classifier && (await this.classified(this.classifier, places, report, signal));
    const score = Math.max(combined.score, said?.score ?? 0);
    suspicious ||= (said?.score ?? 0) >= policy.flagAt;
    report.injection = { score, rules: namesOf(rules), rulesVersion: this.rules.version };
    if (complete) report.ran('input.injection');
    else report.flag('injection.timeout');
    if (suspicious && policy.action !== 'monitor') report.flag('injection.suspected');
    const blocked = isBlocked(policy, score);
    if (blocked) report.flag('injection.blocked');
    const refusal = blocked ? attacked() : unread(policy, complete ? said?.missed : 'timeout');
    const marker = policy.action === 'challenge' && challenged.size ? mintMarker(randomBytes) : undefined;
    if (marker) report.flag('injection.challenged');
    return {
      refusal,
      canary,
      instructions: instructionsOf(canary, marker),
      mark: marker && ((index, text) => (challenged.has(index) ? spotlight(text, marker) : text)),
    };
  }

  /** Undefined where there is nothing for it to read. */
  private async classified(
    classifier: InjectionDetector,
    places: readonly Place[],
    report: Report,
    signal: AbortSignal,
  ): Promise<Classified | undefined> {
    const texts = places
      .filter(({ kind, origin }) => kind === 'text' && CLASSIFIED.has(origin))
      .map(({ text }) => text);
    // what is newest was in no call before
    const said = await classified(classifier, texts.reverse(), signal);
    if (said?.missed) report.flag(`injection.${said.missed}`);
    else if (said) report.ran(`input.injection.${classifier.name}`);
    return said;
  }

  /** Undefined for what is long and was not read before. */
  private readQuickly(passage: Passage, provenance: Provenance): LongAssessment | undefined {
    const { known, keep } = this.assessed.find(passage, provenance);
    if (known || passage.text.length > SHORT) return known;
    const assessment = { ...this.rules.assess(passage.text, provenance), complete: true };
    keep(assessment);
    return assessment;
  }

  private async readInTurns(passage: Passage, provenance: Provenance, signal: AbortSignal): Promise<LongAssessment> {
    const { text } = passage;
    const assessment = await assessLong(this.rules, text, provenance, { signal, budgetMs: budgetFor(text) });
    if (assessment.complete) this.assessed.find(passage, provenance).keep(assessment);
    return assessment;
  }
}

function instructionsOf(canary: Canary | undefined, marker: Marker | undefined): string | undefined {
  const notes = [...(marker ? [spotlightNotice(marker)] : []), ...(canary ? [plant('', canary).trim()] : [])];
  return notes.length ? notes.join('\n\n') : undefined;
}

/** Ten times what an ordinary text of the length takes. */
function budgetFor(text: string): number {
  return Math.max(LEAST_BUDGET_MS, (text.length / 1e6) * BUDGET_MS_PER_MB);
}

/** What tools and documents say was written by nobody who may give orders. */
export function provenanceOf({ origin }: Place): Provenance {
  return origin === 'tool' || origin === 'document' ? 'untrusted' : 'trusted';
}

/** The policy's, and lower where nobody is trusted by as much as the rules are. */
export function threshold({ flagAt }: InjectionPolicy, provenance: Provenance): number {
  return (flagAt * FLAG_THRESHOLD[provenance]) / FLAG_THRESHOLD.trusted;
}

/** Whether a call with this score is refused. */
export function isBlocked({ action, blockAt }: InjectionPolicy, score: number): boolean {
  return action === 'block' && score >= blockAt;
}

function attacked(): GatewayError {
  return new GatewayError('prompt_rejected', 'The call looks like an attempt to take the model over', {
    blame: 'caller',
    details: { guard: 'injection' },
  });
}

/** Why a call is refused that was not read, or not to its end; undefined where the policy lets it pass. */
export function unread(
  { onFailure }: InjectionPolicy,
  missed: Classified['missed'] | 'timeout',
): GatewayError | undefined {
  if (!missed || onFailure === 'flag') return undefined;
  if (missed === 'unavailable')
    return new GatewayError('overloaded', 'The call cannot be assessed now', { retryAfter: 2 });
  return new GatewayError('prompt_rejected', 'The call could not be assessed in the time that it may take');
}

function namesOf(rules: Assessment['rules']): readonly string[] {
  return rules.length ? [...new Set(rules.map(({ id }) => id))].sort() : [];
}
