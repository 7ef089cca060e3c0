import { type FlaggedGuard, GUARD_MODES } from '../../../platform/config/flags';
import type { GuardPolicy } from '../../../platform/config/guards';
import { type HeldPolicy, policyHash } from './guard-policies';

/** Modes in place of those of a policy, by guard. */
export type GuardModes = { readonly [G in FlaggedGuard]?: string };
export const NO_MODES: GuardModes = {};

/** Policies with other modes, as long as the policy is in use: few, and asked for by every call. */
const made = new WeakMap<HeldPolicy, Map<string, HeldPolicy>>();

/** What holds while some guards have other modes. Its hash is another one: records and caches tell them apart. */
export function withModes(held: HeldPolicy, modes: GuardModes): HeldPolicy {
  const changed = Object.entries(modes).filter(([guard, mode]) => modeOf(held.policy, guard as FlaggedGuard) !== mode);
  if (!changed.length) return held;
  const name = changed.flat().join('\n');
  const known = made.get(held) ?? new Map<string, HeldPolicy>();
  made.set(held, known);
  let other = known.get(name);
  if (!other) {
    const policy = changed.reduce(
      (base, [guard, mode]) => changedPolicy(base, guard as FlaggedGuard, mode),
      held.policy,
    );
    known.set(name, (other = { ...held, policy, hash: policyHash(policy) }));
  }
  return other;
}

/** Whether a mode lets more pass than the policy does. */
export function isLaxer(policy: GuardPolicy, guard: FlaggedGuard, mode: string): boolean {
  return isStricter(guard, modeOf(policy, guard), mode);
}

export function isStricter(guard: FlaggedGuard, mode: string, than: string): boolean {
  const modes: readonly string[] = GUARD_MODES[guard];
  return modes.indexOf(mode) > modes.indexOf(than);
}

function modeOf({ injection, output }: GuardPolicy, guard: FlaggedGuard): string {
  if (guard === 'injection') return injection.action;
  return guard === 'output.links' ? output.links : output.personalData;
}

function changedPolicy(policy: GuardPolicy, guard: FlaggedGuard, mode: string): GuardPolicy {
  const { injection, output } = policy;
  // a mode is one of the guard's: definitions of flags were checked
  if (guard === 'injection') return { ...policy, injection: { ...injection, action: mode as typeof injection.action } };
  const field = guard === 'output.links' ? 'links' : 'personalData';
  return { ...policy, output: { ...output, [field]: mode } };
}
