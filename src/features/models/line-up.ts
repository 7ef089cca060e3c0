import type { Candidate } from '../../contract/call';
import { estimateTokens, mostTokens } from '../../contract/estimate-tokens';
import type { ModelRequest } from '../../contract/request';
import type { Model } from '../../platform/config/models';
import { type Need, needsOf } from './needs';

/** A candidate and what the operator wrote of it, if anything. */
export interface Known {
  readonly candidate: Candidate;
  readonly model: Model | undefined;
  readonly sandbox: boolean;
}

/**
 * The candidates that may answer, each standing in for those before it. A model that the caller named always may: its refusal
 * is then the answer. A model of which nothing is known may be the one an alias stands for, but no stand-in where more than
 * text is needed. Empty when none takes what the request holds.
 */
export function lineUp(
  request: ModelRequest,
  listed: readonly Known[],
  inOrder: (candidates: Candidate[]) => Candidate[],
): Candidate[] {
  const needs = needsOf(request);
  const fits = fitting(request);
  const isAble = ({ candidate, model }: Known) =>
    candidate.named === true || (lacks(model, needs).length === 0 && fits(model));
  const mayBegin = ({ candidate, model }: Known) =>
    candidate.named === true || lacks(model, needs).every((need) => need !== 'JSON schemas' && !model?.capabilities);

  const able = notAfterReal(distinct(listed)).filter((known, i) => isAble(known) || (i === 0 && mayBegin(known)));
  const of = new Map(able.map((known) => [known.candidate, known]));
  const ordered = inOrder([...of.keys()]).flatMap((candidate) => of.get(candidate) ?? []);
  const [first, ...rest] = notAfterReal(ordered);
  if (!first) return [];
  const isSame = (other: Known) => !sticks(request) || other.candidate.model === first.candidate.model;
  const standIns = isHeld(request) ? [] : rest.filter((known) => isAble(known) && isSame(known));
  return [first, ...standIns].map(({ candidate }) => candidate);
}

/** What no single candidate is known to take; all that is needed when each takes a part of it. */
export function missingOf(request: ModelRequest, listed: readonly Known[]): readonly Need[] {
  const needs = needsOf(request);
  const missing = needs.filter((need) => listed.every(({ model }) => lacks(model, [need]).length));
  return missing.length ? missing : needs;
}

function lacks(model: Model | undefined, needs: readonly Need[]): Need[] {
  return needs.filter((need) =>
    // what is not known to hold to a schema may, and the answer shows it
    need === 'JSON schemas' ? model?.jsonSchema === false : !model?.capabilities?.includes(need),
  );
}

/** Whether the prompt fits into a model's context, where that is known; counted only where its length leaves a doubt. */
function fitting(request: ModelRequest): (model: Model | undefined) => boolean {
  let most: number | undefined;
  let tokens: number | undefined;
  return (model) => {
    if (model?.contextTokens === undefined || request.operation === 'embeddings') return true;
    if ((most ??= mostTokens(request)) <= model.contextTokens) return true;
    return (tokens ??= estimateTokens(request)) <= model.contextTokens;
  };
}

/** The sandbox never stands in for a real model: nobody would notice. */
function notAfterReal(listed: readonly Known[]): Known[] {
  const real = listed.findIndex(({ sandbox }) => !sandbox);
  return listed.filter(({ sandbox }, i) => !sandbox || real < 0 || i < real);
}

/** Another model's vectors mean something else, and it counts other tokens. */
function sticks({ operation }: ModelRequest): boolean {
  return operation === 'embeddings' || operation === 'count_tokens';
}

/** The earlier turns are held by one provider alone. */
function isHeld(request: ModelRequest): boolean {
  return 'continues' in request && request.continues !== undefined;
}

function distinct(listed: readonly Known[]): Known[] {
  const seen = new Set<string>();
  return listed.filter(({ candidate: { provider, model } }) => seen.size < seen.add(`${provider}/${model}`).size);
}
