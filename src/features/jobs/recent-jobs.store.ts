import type { JobsDatabase } from './jobs-database.store';

/** Those that are worked on, those handed in after a moment, and those that ended after it. */
const RECENT = `
  select id, key_id, seq::text as seq, finished_at is not null as over from jobs where status = 'running' and key_id = any ($1)
  union
  select id, key_id, seq::text, finished_at is not null from jobs where key_id = any ($1) and id > $2
  union
  select id, key_id, seq::text, finished_at is not null from jobs where finished_at > $3 and key_id = any ($1)`;
const OWN = `select id from jobs where id = any ($1) and key_id = $2`;

export interface RecentJob {
  readonly id: string;
  readonly keyId: string;
  readonly seq: number;
  /** It has ended. */
  readonly over: boolean;
}

/** Which jobs of some keys may have changed. */
export class RecentJobs {
  constructor(private readonly database: JobsDatabase) {}

  /** @throws GatewayError `storage_unavailable` */
  async since(keyIds: readonly string[], since: Date): Promise<readonly RecentJob[]> {
    const { rows } = await this.database.query<{ id: string; key_id: string; seq: string; over: boolean }>({
      name: 'recent-jobs',
      text: RECENT,
      values: [keyIds, firstIdOf(since), since],
    });
    return rows.map(({ id, key_id: keyId, seq, over }) => ({ id, keyId, seq: Number(seq), over }));
  }

  /** Those of the ids that are jobs of the key. @throws GatewayError `storage_unavailable` */
  async own(keyId: string, ids: readonly string[]): Promise<readonly string[]> {
    if (!ids.length) return [];
    return (await this.database.query<{ id: string }>(OWN, [ids, keyId])).rows.map(({ id }) => id);
  }
}

/** No id that was made at this moment or later is less. */
function firstIdOf(at: Date): string {
  const time = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
