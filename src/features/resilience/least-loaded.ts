import type { ProviderKey } from './provider-key';

/** The key with the fewest calls for what is left of it; among equals the one that has waited longest for its turn. */
export function leastLoaded(keys: readonly ProviderKey[], now: number): ProviderKey | undefined {
  const some = keys.filter(({ quota }) => !quota.spent(now));
  const among = some.length ? some : keys;
  if (among.length < 2) return among[0];
  const most = { requests: richest(among, 'requests', now), tokens: richest(among, 'tokens', now) };
  let best: ProviderKey | undefined;
  let lightest = Infinity;
  for (const key of among) {
    const share = Math.min(shareOf(key, 'requests', most, now), shareOf(key, 'tokens', most, now));
    const load = (key.inFlight + 1) / share;
    if (best && (load > lightest || (load === lightest && key.lastTurn >= best.lastTurn))) continue;
    best = key;
    lightest = load;
  }
  return best;
}

type Kind = 'requests' | 'tokens';

function richest(keys: readonly ProviderKey[], kind: Kind, now: number): number {
  return keys.reduce((most, { quota }) => Math.max(most, quota.of(kind, now) ?? 0), 0);
}

/** Between 0 and 1: what is left, compared with the key that has the most. A key of which nothing is known is taken for full. */
function shareOf({ quota }: ProviderKey, kind: Kind, most: Readonly<Record<Kind, number>>, now: number): number {
  const left = quota.of(kind, now);
  return left === undefined || !most[kind] ? 1 : left / most[kind];
}
