import type { Candidate, ConformingCall } from '../contract/call';
import { GatewayError } from '../contract/errors';
import type { Picos } from '../contract/money';
import { type Estimate, asksForCacheWrites, mostInputTokens, outputBound } from '../features/budgets';
import type { PriceBook } from '../features/cost';

type Candidates = ConformingCall['candidates'];

/** What a call is held money for. */
export interface FundingPlan {
  /** Those that may be asked: their price is known, or need not be. */
  readonly candidates: Candidates;
  readonly estimate: Estimate;
  /** A maximum must be sent although nothing was cut: nobody knows the model's own. */
  readonly told: boolean;
}

export interface PlanTerms {
  readonly prices: PriceBook;
  /** What a model without a price costs: nothing, or it is not asked. */
  readonly unpriced: (candidate: Candidate) => 'free' | 'refused';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One candidate's own bound. */
interface Bound {
  readonly candidate: Candidate;
  readonly prompt: Picos;
  readonly whole: Picos;
  readonly tokens: number;
  readonly elastic: boolean;
  readonly told: boolean;
}

/**
 * The most that a call can cost, whichever of its candidates answers.
 * @throws GatewayError `budget_exhausted` when none of them has a price and must have one
 */
export function fundingPlan(call: Pick<ConformingCall, 'candidates' | 'outgoing'>, terms: PlanTerms): FundingPlan {
  const bounds = call.candidates.flatMap((candidate) => boundOf(candidate, call, terms) ?? []);
  const [first, ...rest] = bounds;
  if (!first) throw unpriced(call.candidates[0]);
  const most = (valueOf: (bound: Bound) => Picos) =>
    bounds.map(valueOf).reduce((one, other) => (one > other ? one : other));
  const { elastic } = first;
  return {
    candidates: [first.candidate, ...rest.map(({ candidate }) => candidate)],
    estimate: {
      base: most(({ prompt, whole }) => (elastic ? prompt : whole)),
      perToken: elastic ? most(perToken) : 0n,
      tokens: Math.max(...bounds.map(({ tokens }) => tokens)),
      elastic,
    },
    told: elastic && bounds.some(({ told }) => told),
  };
}

function boundOf(
  candidate: Candidate,
  { outgoing }: Pick<ConformingCall, 'outgoing'>,
  { prices, unpriced: without, at }: PlanTerms,
): Bound | undefined {
  const form = outgoing.to(candidate.provider);
  const inputTokens = mostInputTokens(form, candidate.contextTokens);
  const { tokens, answers, elastic, told } = outputBound(form.request, candidate);
  const cacheWrites = asksForCacheWrites(form.request);
  const worst = (outputTokens: number) =>
    prices.worst(`${candidate.provider}/${candidate.model}`, { inputTokens, outputTokens, cacheWrites }, at);
  const [prompt, whole] = [worst(0), worst(tokens * answers)];
  const known = { candidate, tokens, elastic, told };
  if (prompt !== undefined && whole !== undefined) return { ...known, prompt, whole };
  return without(candidate) === 'free' ? { ...known, prompt: 0n, whole: 0n } : undefined;
}

/** Of all answers together, rounded up. */
function perToken({ prompt, whole, tokens }: Bound): Picos {
  const count = BigInt(Math.max(1, tokens));
  return (whole - prompt + count - 1n) / count;
}

function unpriced({ provider, model }: Candidate): GatewayError {
  return new GatewayError(
    'budget_exhausted',
    `The model ${provider}/${model} has no price in prices.yaml, and a hard budget applies to this call: what it costs cannot be held`,
    { details: { unpriced: `${provider}/${model}`.slice(0, 200) } },
  );
}
