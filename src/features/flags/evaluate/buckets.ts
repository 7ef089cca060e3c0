import type { FlagContext } from '../../../contract/flags';
import { BUCKETS, type Rule } from '../../../platform/config/flags';
import type { KeyedHash } from '../../../platform/secrets/keyed-hash';
import { HalfSipHash } from './half-sip-hash';

type By = Rule['by'];

/**
 * Sorts users, tenants or keys into 100,000 buckets, always in the same way for the same salt. Which one somebody is in is not to be
 * chosen or guessed without the master key.
 */
export class Buckets {
  private readonly hash: HalfSipHash;

  constructor(keyed: Pick<KeyedHash, 'digest'>, salt: string) {
    this.hash = new HalfSipHash(keyed.digest('flag-bucket', '', salt));
  }

  /** 0 to 99,999; undefined where nobody is named. */
  of(context: FlagContext, by: By): number | undefined {
    const id = idOf(context, by);
    return id === undefined ? undefined : Math.floor((this.hash.of(id) / 2 ** 32) * BUCKETS);
  }
}

/** The buckets below it are in. */
export function threshold(percent: number): number {
  return Math.round((percent / 100) * BUCKETS);
}

/** A user is one of a tenant: the same name means somebody else in another. */
function idOf({ tenantId, keyId, user }: FlagContext, by: By): string | undefined {
  if (by === 'tenant') return tenantId;
  if (by === 'key') return keyId;
  return user === undefined ? undefined : `${tenantId}\n${user}`;
}
