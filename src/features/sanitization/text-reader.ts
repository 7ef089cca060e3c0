import { GatewayError } from '../../contract/errors';
import type { InjectionPolicy, PersonalDataPolicy } from '../../platform/config/guards';
import type { Finding } from './finding';
import {
  assessLong,
  classified,
  type InjectionDetector,
  type InjectionRules,
  type MatchedRule,
  type Provenance,
} from './injection';
import { threshold, unread } from './injection-guard';
import { Pace } from './inspect/pace';
import { Passage } from './inspect/passage';
import type { TextSearch } from './inspect/text-search';
import type { Report } from './report';
import { DetectorUnavailable } from './sidecar/detector-unavailable';

export interface ReadInjection {
  /** The higher of what rules and classifier say. */
  readonly score: number;
  readonly suspicious: boolean;
  readonly rules: readonly MatchedRule[];
  /** A call with this text is refused because it is too long to be read to its end. */
  readonly refused: boolean;
}

const UNREAD: ReadInjection = { score: 0, suspicious: false, rules: [], refused: false };
const BUDGET_MS = 5_000;

/** Reads one text by itself, as whatever is configured reads those of a call; offsets are those of the text as it is written. */
export class TextReader {
  /** @param classifier asked as well where there is one */
  constructor(
    private readonly search: TextSearch,
    readonly rules: InjectionRules,
    private readonly classifier?: InjectionDetector,
  ) {}

  /** @throws GatewayError `overloaded` when the sidecar is away and calls are refused for that; `prompt_too_large` */
  async personal(text: string, policy: PersonalDataPolicy, report: Report): Promise<readonly Finding[]> {
    if (!policy.enabled) return [];
    const { search } = this;
    try {
      const findings = await this.found(search, text, policy, report);
      if (search.asksSidecar) report.ran('input.pii.sidecar');
      return findings;
    } catch (cause) {
      if (!(cause instanceof DetectorUnavailable)) throw cause;
      if (policy.onFailure === 'block')
        throw new GatewayError('overloaded', 'The text cannot be searched now', { retryAfter: 2, cause });
      report.flag('pii.unavailable');
      return this.found(search.rulesOnly, text, policy, report);
    }
  }

  /** @throws GatewayError `overloaded` when the classifier is away and calls are refused for that; `prompt_too_large` */
  async injection(
    text: string,
    provenance: Provenance,
    policy: InjectionPolicy,
    report: Report,
  ): Promise<ReadInjection> {
    if (policy.action === 'off') return UNREAD;
    const found = await assessLong(this.rules, text, provenance, { budgetMs: BUDGET_MS });
    if (!found.complete) throw tooLong();
    report.ran('input.injection');
    const { score, missed } = await this.classified(text, report);
    const refusal = unread(policy, missed);
    if (refusal && missed === 'unavailable') throw refusal;
    return {
      score: Math.max(found.score, score),
      suspicious: (found.score > 0 && found.score >= threshold(policy, provenance)) || score >= policy.flagAt,
      rules: found.rules,
      refused: refusal !== undefined,
    };
  }

  private async found(search: TextSearch, text: string, policy: PersonalDataPolicy, report: Report) {
    const wanted = { policy, pace: new Pace(), signal: AbortSignal.timeout(BUDGET_MS) };
    const { findings, complete } = await search.plain(new Passage(text), '', wanted);
    if (!complete) throw tooLong();
    report.ran('input.pii');
    return findings;
  }

  private async classified(text: string, report: Report) {
    const { classifier } = this;
    const said = classifier && (await classified(classifier, [text], AbortSignal.timeout(BUDGET_MS)));
    if (said?.missed) report.flag(`injection.${said.missed}`);
    else if (said) report.ran(`input.injection.${classifier.name}`);
    return { score: 0, missed: undefined, ...said };
  }
}

function tooLong(): GatewayError {
  return new GatewayError('prompt_too_large', 'The text could not be read in the time that it may take');
}
