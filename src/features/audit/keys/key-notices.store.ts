import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Client } from 'pg';
import { connectionOptions } from '../../../platform/database/connection';
import { LONGEST_MS } from './key-cache';
import type { KeyDatabase, Query } from './key-database.store';

const CHANNEL = 'gatehouse_audit_keys';
const RECONNECT_MS = [100, 250, 500, 1_000, 2_000];
const SEEN_MS = 20_000;
const POLL_MS = 25;

/** What copies in memory are void from now on. Members that are missing mean all. */
export interface KeyChange {
  /** Only keys that wrap others, or only keys that are written with. */
  readonly only?: 'wrapping' | 'writing';
  readonly tenant?: string;
  readonly subject?: string;
}

/** A process that has not said that it dropped its copies. */
export interface SilentNode {
  readonly node: string;
  readonly seenAt: Date;
  /** When the last of them is too old to be used, whether the process hears or not. */
  readonly safeAt: Date;
}

const SILENT = `
  select n.id as node, n.seen_at as "seenAt", c.at + $2 * interval '1 millisecond' as "safeAt"
  from audit_keys.changes c join audit_keys.nodes n on n.started_at <= c.at + interval '5 seconds'
  where c.id = $1 and n.seen_at > c.at - $2 * interval '1 millisecond'
    and not exists (select from audit_keys.acknowledgements a where a.change = c.id and a.node = n.id)
  order by n.id`;

const MISSED = `
  select c.id, c.what from audit_keys.changes c join audit_keys.nodes n on c.at >= n.started_at - interval '1 minute'
  where n.id = $1 and not exists (select from audit_keys.acknowledgements a where a.change = c.id and a.node = n.id)
  order by c.id`;

const ACKNOWLEDGE = `
  insert into audit_keys.acknowledgements (change, node)
  select c.id, $1 from audit_keys.changes c where c.id = any($2) on conflict do nothing`;

/** Tells every process what must no longer be in memory, and knows who has obeyed. */
export class KeyNotices {
  readonly node = `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
  private client: Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private beat: NodeJS.Timeout | undefined;
  private failures = 0;
  private stopped = false;

  /** @param forget drops copies at once */
  constructor(
    private readonly database: KeyDatabase,
    private readonly forget: (change: KeyChange) => void,
  ) {}

  async start(): Promise<void> {
    await this.seen();
    this.beat = setInterval(() => void this.check().catch(() => undefined), SEEN_MS).unref();
    await this.listen();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    clearInterval(this.beat);
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
    // its copies are gone with it
    await this.database.query('delete from audit_keys.nodes where id = $1', [this.node]).catch(() => undefined);
  }

  /** Within the transaction that makes the change: it is heard of when that is committed. @returns the change's number */
  async announce(query: Query, change: KeyChange): Promise<string> {
    const [row] = await query<{ id: string }>(
      `with c as (insert into audit_keys.changes (what) values ($1::text::jsonb) returning id)
       select id, pg_notify('${CHANNEL}', json_build_object('id', id::text, 'what', $1::text::json)::text) from c`,
      [JSON.stringify(change)],
    );
    return (row as { id: string }).id;
  }

  /** Waits for everybody to have dropped copies. @returns those who have not said so in time */
  async silent(change: string, ms: number): Promise<SilentNode[]> {
    for (const until = Date.now() + ms; ; await new Promise((next) => setTimeout(next, POLL_MS))) {
      const silent = await this.database.query<SilentNode>(SILENT, [change, LONGEST_MS]);
      if (!silent.length || Date.now() >= until) return silent;
    }
  }

  private async listen(): Promise<void> {
    const client = new Client(connectionOptions(this.database.url, 'audit-keys'));
    this.client = client;
    client.on('notification', ({ payload }) => this.heard(payload ?? ''));
    const lost = (): void => this.lost(client);
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      await this.catchUp();
      this.failures = 0;
    } catch {
      lost();
    }
  }

  /** A connection that died in silence must not keep this process from hearing. */
  private async check(): Promise<void> {
    const { client } = this;
    client?.query('select 1').catch(() => this.lost(client));
    await this.seen();
    await this.catchUp();
  }

  /** What was said while nobody listened. */
  private async catchUp(): Promise<void> {
    const missed = await this.database.query<{ id: string; what: KeyChange }>(MISSED, [this.node]);
    for (const { what } of missed) this.forget(what);
    if (missed.length) await this.acknowledge(missed.map(({ id }) => id));
  }

  private heard(payload: string): void {
    const { id, what } = JSON.parse(payload) as { id: string; what: KeyChange };
    this.forget(what);
    // when it fails this process counts as one that has not obeyed
    this.acknowledge([id]).catch(() => undefined);
  }

  private async acknowledge(ids: readonly string[]): Promise<void> {
    await this.database.query(ACKNOWLEDGE, [this.node, ids]);
  }

  private async seen(): Promise<void> {
    await this.database.query(
      `insert into audit_keys.nodes (id) values ($1) on conflict (id) do update set seen_at = clock_timestamp()`,
      [this.node],
    );
    await this.database.query(
      `with gone as (delete from audit_keys.nodes where seen_at < clock_timestamp() - interval '1 day')
       delete from audit_keys.changes where at < clock_timestamp() - interval '1 day'`,
    );
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    client.end().catch(() => undefined);
    if (this.stopped) return;
    const wait = RECONNECT_MS[Math.min(this.failures++, RECONNECT_MS.length - 1)] as number;
    this.retry = setTimeout(() => void this.listen(), wait * (0.5 + Math.random())).unref();
  }
}
