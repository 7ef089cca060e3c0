import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { connectionOptions } from '../../platform/database/connection';
import type { JobsDatabase } from './jobs-database.store';

/** The notification channel; its payload is the id of a job that changed, after `!` when it may be another's by now. */
const CHANNEL = 'gatehouse_jobs';
const RECONNECT_MS = [100, 250, 500, 1_000, 2_000];
/** What changes within so short a time is told together. */
const GATHER_MS = 20;
// a notification that is lost with the server is missed by nobody who looks for itself
const TELL = `
  with hurried as materialized (select set_config('synchronous_commit', 'off', true))
  select pg_notify('${CHANNEL}', id) from hurried, unnest($1::text[]) id`;

/** Tells all processes which jobs changed, soon and without promise: whoever must know looks for itself now and then. */
export class JobSignals {
  private readonly listeners = new Set<(id: string, taken: boolean) => void>();
  private readonly changed = new Set<string>();
  private telling = false;
  private client: Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private failures = 0;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly database: JobsDatabase,
  ) {}

  /** @param listener is told whether whoever works on the job must see if it still may */
  on(listener: (id: string, taken: boolean) => void): void {
    this.listeners.add(listener);
  }

  /** Returns at once. Those told of in one moment, and while others are on their way, are told together. */
  tell(id: string, taken = false): void {
    this.changed.add(taken ? `!${id}` : id);
    if (this.telling) return;
    this.telling = true;
    void this.send();
  }

  /** Resolves after the first attempt to listen, whether it succeeded or not. */
  async start(): Promise<void> {
    const client = new Client({ ...connectionOptions(this.url, 'job-signals'), query_timeout: 3_000 });
    this.client = client;
    client.on('notification', ({ payload = '' }) => {
      const taken = payload.startsWith('!');
      for (const listener of this.listeners) listener(taken ? payload.slice(1) : payload, taken);
    });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.failures = 0;
    } catch {
      this.lost(client);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async send(): Promise<void> {
    while (this.changed.size) {
      await sleep(GATHER_MS, undefined, { ref: false });
      const ids = [...this.changed];
      this.changed.clear();
      await this.database.query({ name: 'tell-jobs', text: TELL, values: [ids] }).catch(() => undefined);
    }
    this.telling = false;
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    client.end().catch(() => undefined);
    if (this.stopped) return;
    const wait = RECONNECT_MS[Math.min(this.failures++, RECONNECT_MS.length - 1)] as number;
    // replicas that lost the same database must not come back in step
    this.retry = setTimeout(() => void this.start(), wait * (0.5 + Math.random())).unref();
  }
}
