import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { Config } from '../../platform/config/config';
import { connectionOptions } from '../../platform/database/connection';
import { lasting } from '../../platform/database/lasting-pool';
import { type SessionKey, TurnQueue, type Wanted } from './turn-queue';

const PATIENCE_MS = 500;
const QUERY_MS = 2_000;
const SWEEP_MS = 3_600_000;
const SWEPT_AT_ONCE = 10_000;
/** A session that nobody went on with for so long begins anew. */
const KEPT_DAYS = 400;

const COUNT = `
  insert into session_turns (tenant_id, session_ref, turns, last_at)
  select tenant, session, calls, now() from unnest($1::uuid[], $2::text[], $3::int[]) as w (tenant, session, calls)
  on conflict (tenant_id, session_ref) do update set turns = session_turns.turns + excluded.turns, last_at = excluded.last_at
  returning tenant_id, session_ref, turns`;
const SWEEP = `
  delete from session_turns where (tenant_id, session_ref) in (
    select tenant_id, session_ref from session_turns where last_at < now() - make_interval(days => ${KEPT_DAYS}) limit ${SWEPT_AT_ONCE})`;

/**
 * Numbers the calls of sessions, exactly over all processes and restarts, on a connection of its own. A number that a call was given
 * is not given again; a call that dies with its process leaves a gap.
 */
@Injectable()
export class SessionTurns implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pool: Pool;
  private readonly queue = new TurnQueue((wanted) => this.count(wanted), PATIENCE_MS);
  private sweeping: NodeJS.Timeout | undefined;

  constructor({ databaseUrl }: Config) {
    this.pool = lasting(
      new Pool({
        ...connectionOptions(databaseUrl.reveal(), 'sessions'),
        statement_timeout: QUERY_MS,
        query_timeout: QUERY_MS + 500,
        max: 1,
        allowExitOnIdle: true,
      }),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeping = setInterval(() => void this.pool.query(SWEEP).catch(() => undefined), SWEEP_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    await this.queue.settled();
    await this.pool.end();
  }

  /** Of the next call of a session, from 1; undefined where there is none in time. Never throws. */
  next(of: SessionKey): Promise<number | undefined> {
    return this.queue.next(of);
  }

  private async count(wanted: readonly Wanted[]): Promise<readonly number[]> {
    const { rows } = await this.pool.query<{ tenant_id: string; session_ref: string; turns: number }>({
      name: 'session-turns',
      text: COUNT,
      values: [
        wanted.map(({ tenantId }) => tenantId),
        wanted.map(({ session }) => session),
        wanted.map(({ calls }) => calls),
      ],
    });
    const sums = new Map(rows.map((row) => [`${row.tenant_id} ${row.session_ref}`, row.turns]));
    return wanted.map(({ tenantId, session }) => sums.get(`${tenantId} ${session}`) ?? NaN);
  }
}
