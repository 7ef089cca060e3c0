import type { ModelRegistry } from '../../../features/models';
import type { Withdrawal } from '../../../features/withdrawals';
import type { Config } from '../../../platform/config/config';

/**
 * Whether calls can still be answered with all of these withdrawn: some provider is left whole, and no alias has lost all of its
 * models to those that are out.
 */
export function leavesEnough(
  withdrawn: readonly Pick<Withdrawal, 'target' | 'place'>[],
  { models: { aliases }, providers }: Pick<Config, 'models' | 'providers'>,
  models: Pick<ModelRegistry, 'behind'>,
): boolean {
  const targets = new Set(withdrawn.map(({ target }) => target));
  if (providers.every(({ name }) => targets.has(`${name}/*`))) return false;
  const out = new Set(withdrawn.filter(({ place }) => place === 'out').map(({ target }) => target));
  return Object.keys(aliases).every((alias) => {
    const behind = [...models.behind(alias, 'chat'), ...models.behind(alias, 'embeddings')];
    const left = behind.filter(({ provider, model }) => !out.has(`${provider}/*`) && !out.has(`${provider}/${model}`));
    return left.length > 0 || !behind.length;
  });
}
