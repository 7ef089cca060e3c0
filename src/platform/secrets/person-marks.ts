import type { KeyedHash } from './keyed-hash';

/** By what it is known of whom something is kept: nobody without the master key learns from it who that is. */
export class PersonMarks {
  constructor(private readonly hash: Pick<KeyedHash, 'digest'>) {}

  /** 32 bytes, the same wherever something of that person is kept. */
  of(tenantId: string, user: string): Buffer {
    return this.hash.digest('kept-of', tenantId, user);
  }
}
