import type { z } from 'zod';
import { type Picos, usdText } from '../../contract/money';
import type { Line, Reconciled, Side } from '../../features/cost';
import type { ReconcileBody, ReconciledView } from './reconcile-schema';

type View = z.output<typeof ReconciledView>;

export function reconciledView(
  { provider, format, tolerance_percent }: ReconcileBody,
  { from, to, days, requests }: Reconciled,
): View {
  const unmatched = requests && (requests.missingOurs > 0 || requests.missingTheirs > 0);
  const verdict = unmatched ? 'incomplete' : requests?.drifting && days.verdict === 'agrees' ? 'drifts' : days.verdict;
  return {
    provider,
    format,
    from,
    to,
    tolerance_percent,
    joined_by: requests ? 'request_id' : days.joinedBy,
    verdict,
    total: driftView(days.total),
    data: days.lines.map((line) => ({
      day: line.day,
      model: line.model,
      names: [...line.names],
      ...driftView(line),
      status: line.status,
    })),
    requests: requests
      ? {
          matched: requests.matched,
          drifting: requests.drifting,
          drifts: requests.drifts.map(({ requestId, ours, theirs }) => ({
            request_id: requestId,
            ours: requestSide(ours),
            theirs: requestSide(theirs),
          })),
          missing_ours: { count: requests.missingOurs, ids: [...requests.missingOursIds] },
          missing_theirs: { count: requests.missingTheirs, ids: [...requests.missingTheirsIds] },
        }
      : null,
  };
}

function driftView({
  ours,
  theirs,
  tokenDrift,
  costDrift,
}: Pick<Line, 'ours' | 'theirs' | 'tokenDrift' | 'costDrift'>) {
  return {
    ours: ours ? { ...sideView(ours), unpriced: ours.unpriced } : null,
    theirs: theirs ? sideView(theirs) : null,
    token_drift_percent: tokenDrift ?? null,
    cost_drift_percent: costDrift ?? null,
  };
}

function sideView({ requests, cachedTokens, ...side }: Side) {
  return { requests: requests ?? null, cached_tokens: cachedTokens ?? null, ...requestSide(side) };
}

function requestSide(side: {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cost?: Picos | undefined;
}) {
  return {
    input_tokens: side.inputTokens ?? null,
    output_tokens: side.outputTokens ?? null,
    cost_usd: side.cost === undefined ? null : usdText(side.cost),
  };
}
