import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { NoticeKind, NoticeTry } from '../incident';
import type { NoticeFacts } from '../notices/notice';
import { IncidentChange } from './incident-change';

export interface ClaimedNotice {
  readonly id: string;
  readonly incidentId: string;
  readonly channel: string;
  readonly kind: NoticeKind;
  readonly facts: NoticeFacts;
  readonly createdAt: Date;
  readonly failures: number;
  readonly claim: number;
}

/** What is to be done after a try. */
export type AfterNotice = { readonly status: 'delivered' | 'failed' } | { readonly againMs: number };

const AT_ONCE = 10;

/** Of each channel and incident only the oldest: nobody is told of an end before the beginning. */
const CLAIM = `
  update incident_notices n set next_at = clock_timestamp() + make_interval(secs => $1), claim = n.claim + 1
  from (select d.id from incident_notices d where d.status = 'pending' and d.next_at <= clock_timestamp()
      and not exists (select from incident_notices o where o.incident_id = d.incident_id and o.channel = d.channel
        and o.status = 'pending' and o.id < d.id)
    order by d.next_at limit ${AT_ONCE} for update skip locked) mine
  where n.id = mine.id
  returning n.id, n.incident_id as "incidentId", n.channel, n.kind, n.facts, n.created_at as "createdAt", n.failures, n.claim`;
const TRIED = `
  update incident_notices set status = $3, failures = failures + 1,
    finished_at = case when $3 = 'pending' then null else clock_timestamp() end,
    next_at = clock_timestamp() + make_interval(secs => $4)
  where id = $1 and claim = $2 and status = 'pending' returning failures`;
const LOG_TRY = `
  insert into incident_notice_tries (notice_id, n, at, ms, status, failure)
  select $1, 1 + coalesce(max(n), 0), $2, $3, $4, $5 from incident_notice_tries where notice_id = $1`;

/** What is to be told to whom, until it is: sent at least once, and under the same name however often. */
@Injectable()
export class Notices {
  constructor(private readonly database: DataSource) {}

  /** @param leaseSeconds after which another process sends it */
  async claim(leaseSeconds: number): Promise<ClaimedNotice[]> {
    const [rows] = await this.database.query<[ClaimedNotice[], number]>(CLAIM, [leaseSeconds]);
    return rows;
  }

  async tried({ id, incidentId, claim, channel, kind }: ClaimedNotice, tried: NoticeTry, after: AfterNotice) {
    const [status, seconds] = 'status' in after ? [after.status, 0] : ['pending', after.againMs / 1_000];
    await this.database.transaction(async (db) => {
      const change = await IncidentChange.lock(db, incidentId);
      const [mine] = await db.query<[object[], number]>(TRIED, [id, claim, status, seconds]);
      if (!change || !mine.length) return;
      const { at, ms, status: answered, failure } = tried;
      await db.query(LOG_TRY, [id, at, Math.round(ms), answered ?? null, failure ?? null]);
      if (status === 'delivered') await change.entry('notified', { channel, kind });
      if (status === 'failed') await change.entry('not_notified', { channel, kind, reason: failure ?? '' });
    });
  }
}
