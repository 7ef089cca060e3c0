import { AUTO, COMPLEXITIES } from '../../contract/selection';
import type { ListedModel, ModelRegistry } from '../../features/models';
import type { Selection } from '../../platform/config/selection';

const OURS = 'gatehouse';

/** The name that stands for whatever model is enough; undefined where no level has a model, or an alias has taken the name. */
export function autoModel({ levels }: Pick<Selection, 'levels'>, registry: ModelRegistry): ListedModel | undefined {
  if (registry.isAlias(AUTO)) return undefined;
  const alias = COMPLEXITIES.map((level) => levels[level]).find(
    (name) => registry.isAlias(name) && registry.first(name),
  );
  const model = alias === undefined ? undefined : registry.find(alias);
  return model && { ...model, id: AUTO, provider: OURS };
}
