import { Client } from 'pg';
import { connectionOptions } from '../../platform/database/connection';

/** The notification channel; its payload is the id of the key or of the tenant that changed. */
export const KEY_CHANGES = 'gatehouse_keys';

export interface KeyChangeListener {
  /** Whether changes are heard of from now on. @param error why not, when the database could not be reached again */
  hearing(changes: boolean, error?: unknown): void;
  forget(id: string): void;
}

const RECONNECT_MS = [100, 250, 500, 1_000, 2_000];

/** Hears of changed keys through a connection of its own (LISTEN), which it replaces whenever it breaks. */
export class KeyChanges {
  private client: Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private failures = 0;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly listener: KeyChangeListener,
  ) {}

  /** Resolves after the first attempt, whether it succeeded or not. */
  async start(): Promise<void> {
    const client = new Client(connectionOptions(this.url, 'keys'));
    this.client = client;
    client.on('notification', ({ payload }) => this.listener.forget(payload ?? ''));
    let listening = false;
    const lost = (error: unknown): void => this.lost(client, listening ? undefined : error);
    client.on('error', lost);
    client.on('end', () => lost(new Error('The connection ended before it stood')));
    try {
      await client.connect();
      await client.query(`listen ${KEY_CHANGES}`);
    } catch (error) {
      return lost(error);
    }
    if (this.client !== client) return;
    listening = true;
    this.failures = 0;
    this.listener.hearing(true);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private lost(client: Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = undefined;
    client.end().catch(() => undefined);
    if (this.stopped) return;
    this.listener.hearing(false, error);
    const wait = RECONNECT_MS[Math.min(this.failures++, RECONNECT_MS.length - 1)] as number;
    // replicas that lost the same database must not come back in step
    this.retry = setTimeout(() => void this.start(), wait * (0.5 + Math.random())).unref();
  }
}
