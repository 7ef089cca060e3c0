import type { FlagDefinition } from '../../platform/config/flags';
import type { Promotion } from './promotion';

/** The variant that gets the candidate. */
export const CANDIDATE = 'candidate';
const USUAL = 'usual';
const NAME_CHARACTERS = 40;

/** Each promotion has a flag of its own: who is in the first share of one is not in that of the next. */
export function flagName(alias: string, id: string): string {
  const name = alias
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_CHARACTERS);
  return `promotion-${name}-${id.slice(-8)}`;
}

/** How calls for which it chose the candidate are marked. */
export function mark({ flag }: Pick<Promotion, 'flag'>): string {
  return `${flag}=${CANDIDATE}`;
}

/** The flag that gives a step's share of calls the candidate. */
export function canaryFlag(
  { alias, candidate, id, plan }: Pick<Promotion, 'alias' | 'candidate' | 'id' | 'plan'>,
  step: number,
): FlagDefinition {
  const { steps, by } = plan.canary;
  return {
    description: `Canary of ${candidate} behind ${alias}`.slice(0, 500),
    owner: `promotion ${id}`,
    decides: { what: 'model', alias },
    variants: { [USUAL]: alias, [CANDIDATE]: candidate },
    default: USUAL,
    rules: [],
    rollout: { to: CANDIDATE, by, percent: steps[step] ?? 0, schedule: [] },
  };
}
