import { AUTO, COMPLEXITIES, type Complexity, type SelectionFacts } from '../../contract/selection';
import type { Assessment } from './assess/assess';
import type { SelectionPolicy } from './selection-policies';

export interface Choosing {
  /** The model as the caller names it. */
  readonly asked: string;
  /** How hard the call is, as the caller says. */
  readonly given: Complexity | undefined;
  readonly policy: SelectionPolicy;
  /** There is an alias of that name. */
  readonly exists: (alias: string) => boolean;
  /** Some model behind an alias that exists may answer this call for this key. */
  readonly usable: (alias: string) => boolean;
  /** Reads the call; asked only when nobody says how hard it is. */
  readonly assess: () => Assessment;
}

/**
 * Which model answers. A model that the caller names does; the name `auto` and the aliases of levels leave the choice open: to what
 * the caller says of the call, then to its task, then to the rules.
 * @returns undefined where there is nothing to choose, and the name that was asked for is what is meant
 */
export function chooseModel(choosing: Choosing): SelectionFacts | undefined {
  const { asked, given, policy, exists } = choosing;
  const isAuto = asked === AUTO && !exists(AUTO);
  if (!isAuto && !(policy.tiers.has(asked) && exists(asked)))
    return given && { level: given, by: 'given', reasons: ['model_named'] };
  const judged = judge(choosing, isAuto);
  if (!judged) return undefined;
  const { alias, reason } = aliasFor(judged.level, choosing);
  if (alias === undefined) return undefined;
  return { ...judged, reasons: reason ? [...judged.reasons, reason] : judged.reasons, asked, chosen: alias };
}

type Judged = Pick<SelectionFacts, 'level' | 'by' | 'reasons'>;

function judge({ asked, given, policy, assess }: Choosing, isAuto: boolean): Judged | undefined {
  if (given) return { level: given, by: 'given', reasons: [] };
  if (policy.fixed) return { level: policy.fixed.level, by: 'policy', reasons: [`task.${policy.fixed.task}`] };
  if (!isAuto && !policy.assess) return undefined;
  const { level, reasons } = assess();
  // who asks for an easy level is not charged for a hard one because of what rules believe
  const most = isAuto ? undefined : policy.tiers.get(asked);
  if (most && rank(level) > rank(most)) return { level: most, by: 'assessed', reasons: [...reasons, 'at_most_asked'] };
  return { level, by: 'assessed', reasons };
}

/** The level's own alias; where it cannot answer, that of the nearest level, an easier one first. */
function aliasFor(
  level: Complexity,
  { policy, exists, usable }: Choosing,
): { readonly alias?: string; readonly reason?: string } {
  const at = rank(level);
  const nearest = [...COMPLEXITIES.slice(0, at + 1).reverse(), ...COMPLEXITIES.slice(at + 1)];
  const there = nearest.map((one) => policy.levels[one]).filter(exists);
  // where none can, the refusal of the one that was meant says why
  const alias = there.find(usable) ?? there[0];
  if (alias === undefined) return {};
  return alias === policy.levels[level] ? { alias } : { alias, reason: 'nearest_usable' };
}

const rank = (level: Complexity): number => COMPLEXITIES.indexOf(level);
