import type { Picos } from '../../../contract/money';
import type { ExportRow } from './export-row';

/** A call as the ledger has it, under the provider's own id. */
export interface OurRequest {
  readonly requestId: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: Picos | undefined;
}

export interface RequestDrift {
  readonly requestId: string;
  readonly ours: Pick<OurRequest, 'inputTokens' | 'outputTokens' | 'cost'>;
  readonly theirs: Pick<ExportRow, 'inputTokens' | 'outputTokens' | 'cost'>;
}

/** Examples of each; the counts are of all. */
export interface RequestComparison {
  readonly matched: number;
  readonly drifting: number;
  readonly drifts: readonly RequestDrift[];
  readonly missingOurs: number;
  readonly missingOursIds: readonly string[];
}

const EXAMPLES = 100;

/** The ids that an export names, each once. */
export function requestIds(rows: readonly ExportRow[]): string[] {
  return [...new Set(rows.flatMap(({ requestId }) => requestId ?? []))];
}

/** Call by call, to the token. Costs are compared where both sides have one; a bill may round each to a micro-dollar. */
export function compareRequests(ours: readonly OurRequest[], rows: readonly ExportRow[]): RequestComparison {
  const known = new Map(ours.map((request) => [request.requestId, request]));
  const drifts: RequestDrift[] = [];
  const missing: string[] = [];
  let [matched, drifting] = [0, 0];
  for (const [requestId, theirs] of theirRequests(rows)) {
    const our = known.get(requestId);
    if (!our) missing.push(requestId);
    else if (isSame(our, theirs)) matched++;
    else {
      drifting++;
      const { inputTokens, outputTokens, cost } = our;
      if (drifts.length < EXAMPLES) drifts.push({ requestId, ours: { inputTokens, outputTokens, cost }, theirs });
    }
  }
  return { matched, drifting, drifts, missingOurs: missing.length, missingOursIds: missing.slice(0, EXAMPLES) };
}

/** A bill may have a line for each kind of token. */
function theirRequests(rows: readonly ExportRow[]): Map<string, RequestDrift['theirs']> {
  const found = new Map<string, RequestDrift['theirs']>();
  for (const { requestId, inputTokens, outputTokens, cost } of rows) {
    if (requestId === undefined) continue;
    const before = found.get(requestId);
    found.set(requestId, {
      inputTokens: sum(before?.inputTokens, inputTokens),
      outputTokens: sum(before?.outputTokens, outputTokens),
      cost: cost === undefined ? before?.cost : (before?.cost ?? 0n) + cost,
    });
  }
  return found;
}

const MICRO: Picos = 1_000_000n;

function isSame(ours: OurRequest, theirs: RequestDrift['theirs']): boolean {
  const { inputTokens = ours.inputTokens, outputTokens = ours.outputTokens, cost = ours.cost } = theirs;
  if (inputTokens !== ours.inputTokens || outputTokens !== ours.outputTokens) return false;
  if (cost === undefined || ours.cost === undefined) return cost === ours.cost;
  const difference = cost - ours.cost;
  return difference <= MICRO && difference >= -MICRO;
}

const sum = (a: number | undefined, b: number | undefined) => (b === undefined ? a : (a ?? 0) + b);
