import type { Control } from '../../contract/control';
import type { Policy } from '../../platform/config/effective-policy';
import type { GuardPolicy } from '../../platform/config/guards';
import type { EffectiveView } from './effective-schema';

type NotRunning = EffectiveView['not_running'][number];

export interface CallSetup {
  readonly controls: readonly Control[];
  readonly redis: boolean;
  /** Something about the call has a limit of calls at a time. */
  readonly concurrency: boolean;
  /** Something about it has a limit of calls or tokens per minute, beside its key's of requests. */
  readonly callLimits: boolean;
  /** A budget applies to all calls of the key. */
  readonly budgets: boolean;
  readonly templates: boolean;
  readonly guards: GuardPolicy;
  /** Whether names and addresses are looked for, by a server of their own. */
  readonly sidecar: boolean;
  /** Those the key may use. */
  readonly candidates: readonly CandidateSetup[];
}
export interface CandidateSetup {
  /** provider/model */
  readonly name: string;
  readonly policy: Policy;
  /** How many keys its provider has. */
  readonly keys: number;
}

/** Which controls do nothing for such a call, or less than they could, and why. */
export function notRunning(setup: CallSetup): NotRunning[] {
  return [
    ...setup.controls.flatMap((control) => forEveryCall(control, setup)),
    ...Array.from(guardsOff(setup), ([state, why]): NotRunning => ({ control: 'sanitization', state, why })),
    ...setup.candidates.flatMap((candidate) =>
      Array.from(reasonsOf(candidate, setup), ([control, why]): NotRunning => {
        return { control, state: 'off', candidate: candidate.name, why };
      }),
    ),
  ];
}

function forEveryCall(
  { name, absent, without }: Control,
  { redis, concurrency, callLimits, budgets }: CallSetup,
): NotRunning[] {
  if (absent) return [{ control: name, state: 'off', why: absent }];
  if (name === 'concurrency' && !concurrency)
    return [
      { control: name, state: 'off', why: 'Neither key, user, tenant nor model has a limit of calls at a time.' },
    ];
  if (name === 'call_limits' && !callLimits)
    return [{ control: name, state: 'off', why: 'Neither key, user, tenant nor model has such a limit.' }];
  if (name === 'budget' && !budgets)
    return [{ control: name, state: 'off', why: 'No budget applies to every call: only those of users and tags may.' }];
  if (!redis && without.redis.behaviour === 'degraded')
    return [{ control: name, state: 'degraded', why: `REDIS_URL is not set. ${without.redis.does ?? ''}`.trim() }];
  return [];
}

function* guardsOff({ guards, sidecar }: CallSetup): Generator<[NotRunning['state'], string]> {
  const { personalData, injection, output } = guards;
  if (!personalData.enabled) yield ['off', 'Personal data is not looked for: personalData.enabled.'];
  else if (!sidecar)
    yield [
      'degraded',
      'Names and addresses pass unseen: no rule finds them, and no sanitization.sidecar is configured.',
    ];
  if (injection.action === 'off') yield ['off', 'Prompt injection is not looked for: injection.action.'];
  if (personalData.enabled && output.personalData === 'off')
    yield ['off', 'Answers are not searched for personal data: output.personalData.'];
}

function* reasonsOf({ policy, keys }: CandidateSetup, setup: CallSetup): Generator<[control: string, why: string]> {
  const { retry, breaker, fallback, cache, degradation } = policy;
  if (!fallback.enabled) yield ['fallback', 'Switched off: fallback.enabled.'];
  else if (setup.candidates.length < 2 && !fallback.to.length)
    yield ['fallback', 'There is no other model: neither the name nor fallback.to has one.'];
  if (keys < 2) yield ['key_pool', keys ? 'The provider has one key.' : 'The provider has no key.'];
  if (!breaker.enabled) yield ['breaker', 'Switched off: breaker.enabled.'];
  if (retry.attempts === 1) yield ['retry', 'Switched off: retry.attempts is 1.'];
  if (!cache.exact) yield ['cache', 'Switched off: cache.exact.'];
  const { stale, similar, template } = degradation;
  if (!stale && !similar && !(template && setup.templates))
    yield ['answers', 'No kept answer is allowed by degradation, and there is no text in templates.'];
}
