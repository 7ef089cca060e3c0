import { GatewayError } from '../../../contract/errors';
import { changing } from '../../../contract/passing';
import type { Piece } from '../../../contract/reply';
import type { GuardPolicy } from '../../../platform/config/guards';
import { type Canary, CanaryWatch, checkOutput } from '../injection';
import type { TextSearch } from '../inspect/text-search';
import type { Report } from '../report';
import { meaningOf, unescaped, writtenEnd } from '../text/unescaped';
import { TOKEN_LABELS } from '../tokens/token-labels';
import type { TokenVault } from '../tokens/vault';
import { openAddress } from './open-address';
import { OutputWindow } from './output-window';
import { type Spoken, StreamTexts, type TextFilter } from './stream-texts';

export interface OutputParts {
  readonly policy: GuardPolicy;
  readonly report: Report;
  readonly search: TextSearch;
  readonly vault: Pick<TokenVault, 'holds'>;
  readonly canary: Canary | undefined;
}

/** What a model says, read while it passes. Where nothing is to be changed or stopped the pieces pass as they are. */
export function guardedPieces(pieces: AsyncIterable<Piece>, parts: OutputParts): AsyncIterable<Piece> {
  const { policy, canary } = parts;
  const reads = policy.personalData.enabled && /^(mask|block)$/.test(policy.output.personalData);
  if (!reads && !canary && policy.output.links !== 'block') return pieces;
  const texts = new StreamTexts((kind) => filtersOf(kind, parts, reads));
  return changing(pieces, ({ events }) => {
    const passed = texts.all(events);
    return passed.length ? { events: passed } : undefined;
  });
}

function filtersOf(kind: Spoken['type'], parts: OutputParts, reads: boolean): readonly TextFilter[] {
  const filters: TextFilter[] = [];
  if (parts.canary) filters.push(canaryFilter(parts.canary, parts.report));
  if (reads) filters.push(personalFilter(kind, parts));
  if (parts.policy.output.links === 'block') filters.push(linkFilter(parts));
  return filters;
}

function canaryFilter(canary: Canary, report: Report): TextFilter {
  const watch = new CanaryWatch([canary]);
  const guarded = (text: string): string => {
    if (!watch.leaked) return text;
    report.flag('canary.leaked');
    throw new GatewayError('prompt_rejected', 'The answer told confidential instructions and was stopped');
  };
  report.ran('output.canary');
  return { push: (text) => guarded(watch.push(text)), end: () => guarded(watch.end()) };
}

/** Holds an address back until it is known where it leads. */
function linkFilter({ policy, report }: OutputParts): TextFilter {
  let held = '';
  const passed = (text: string, end: number): string => {
    const whole = text.slice(0, end);
    held = text.slice(end);
    const [finding] = checkOutput(whole, policy.output);
    if (!finding) return whole;
    report.flag(`output.${finding.fault}`);
    throw new GatewayError(
      'prompt_rejected',
      'The answer held a link or an image that may carry data away and was stopped',
      {
        details: { fault: finding.fault },
      },
    );
  };
  report.ran('output.links');
  return {
    push: (text) => passed(held + text, openAddress(held + text)),
    end: () => passed(held, held.length),
  };
}

function personalFilter(kind: Spoken['type'], { policy, report, search, vault }: OutputParts): TextFilter {
  const { personalData, output } = policy;
  const inJson = kind === 'tool_arguments';
  // what the caller said itself it may be told
  const plain = (text: string) =>
    search.rules(text, '', personalData).filter(({ start, end }) => !vault.holds(text.slice(start, end)));
  const json = (text: string) => {
    const read = unescaped(text);
    return search
      .rules(read, '', personalData)
      .map((finding) => ({ ...finding, end: writtenEnd(read, finding.end) }))
      .filter(({ start, end }) => !vault.holds(meaningOf(text.slice(start, end))));
  };
  return new OutputWindow(inJson ? json : plain, (finding) => {
    report.count('output', [finding]);
    report.flag(`output.${finding.entity}`);
    if (output.personalData === 'block')
      throw new GatewayError('prompt_rejected', `The answer held ${finding.entity} and was stopped`, {
        details: { entity: finding.entity },
      });
    // in JSON a number would otherwise become something that is no JSON
    return inJson ? '0' : `<${TOKEN_LABELS[finding.entity]}>`;
  });
}
