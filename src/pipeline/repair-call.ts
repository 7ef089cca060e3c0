import type { CacheCheckedCall, Candidate, Outgoing } from '../contract/call';
import { type AnswerFault, repairTurns, withTurns } from '../features/conformance';
import type { HeldAnswer } from './held-answer';

/** Whether the model may do better: one that was cut short will be cut short again. */
export function isRepairable({ spoken }: HeldAnswer, faults: readonly AnswerFault[]): boolean {
  const said = spoken.choices[faults[0]?.choice ?? 0];
  return said !== undefined && said.finish !== 'length';
}

/**
 * The call once more, with the answer and what is wrong with it at its end. Only the provider that gave the answer is asked: it may
 * hold what others must not be told.
 */
export function repairCall(
  call: CacheCheckedCall,
  { spoken, reply }: HeldAnswer,
  faults: readonly AnswerFault[],
): CacheCheckedCall {
  const said = spoken.choices[faults[0]?.choice ?? 0];
  if (!said) throw new Error('there is no answer to repair');
  const turns = repairTurns(said, faults);
  const own = withTurns(call, turns);
  call.record.keep(own.wire);
  const { outgoing } = call;
  const again: Outgoing = {
    barred: (provider) => outgoing.barred(provider),
    to: (provider) => withTurns(outgoing.to(provider), turns),
    ...(outgoing.restore && { restore: outgoing.restore.bind(outgoing) }),
  };
  return { ...call, ...own, outgoing: again, candidates: sameProvider(call.candidates, reply) };
}

/** The model that answered first, then its provider's others. */
function sameProvider(
  candidates: CacheCheckedCall['candidates'],
  { provider, model }: HeldAnswer['reply'],
): CacheCheckedCall['candidates'] {
  const own = candidates.filter((candidate) => candidate.provider === provider);
  const answered: Candidate = own.find((candidate) => candidate.model === model) ?? { provider, model };
  return [answered, ...own.filter((candidate) => candidate !== answered)];
}
