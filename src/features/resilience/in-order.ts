import type { Candidate } from '../../contract/call';
import type { FallbackPolicy } from '../../platform/config/policies';

/**
 * Candidates by the operator's preference, equals as they were listed. A model that the caller named stays before those that
 * stand in for it. A model of unknown price comes last; one of unknown latency counts as the average of the others, so that
 * it is tried when the usual one is slow for the company it keeps.
 */
export function inOrder(
  candidates: readonly Candidate[],
  order: FallbackPolicy['order'],
  latencyOf: (candidate: Candidate) => number | undefined,
): Candidate[] {
  const rank = ranking(candidates, order, latencyOf);
  const named = (candidate: Candidate) => (candidate.named ? 0 : 1);
  return candidates.toSorted((a, b) => named(a) - named(b) || rank(a) - rank(b));
}

function ranking(
  candidates: readonly Candidate[],
  order: FallbackPolicy['order'],
  latencyOf: (candidate: Candidate) => number | undefined,
): (candidate: Candidate) => number {
  switch (order) {
    case 'listed':
      return () => 0;
    case 'cost':
      return ({ price }) => (price ? price.input + price.output : Number.MAX_SAFE_INTEGER);
    case 'latency': {
      const known = candidates.map(latencyOf).filter((ms) => ms !== undefined);
      const average = known.reduce((sum, ms) => sum + ms, 0) / (known.length || 1);
      return (candidate) => latencyOf(candidate) ?? average;
    }
  }
}
