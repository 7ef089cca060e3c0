import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { type Batch, ContradictionError, type Device, DeviceClosedError, type Placed } from './batch';
import { backOffMs, breaksConnection, contradicts } from './retries';

const APPEND = `select first_index from audit.append($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

export interface DatabaseDeviceOptions {
  /** An open connection that acts as the writer. */
  readonly connect: () => Promise<Client>;
  /** Told of every failure, with its reason, and of the first success after it. */
  readonly onStateChange?: (up: boolean, error?: Error) => void;
}

/**
 * The table of batches. After a failure the same batch is sent again, on a new connection when the old one is gone: the
 * database knows it by its id.
 */
export class DatabaseDevice implements Device {
  private client: Promise<Client> | undefined;
  /** Has served: when it breaks, another one may be had at once. */
  private proven: Promise<Client> | undefined;
  private up = true;
  private closed = false;

  constructor(private readonly options: DatabaseDeviceOptions) {}

  get away(): boolean {
    return !this.up;
  }

  /** Connects, so that the first batch does not have to wait. */
  async open(): Promise<void> {
    await this.connected();
  }

  /** @throws ContradictionError | DeviceClosedError; everything else is tried again */
  async write(batch: Batch): Promise<Placed> {
    for (let failures = 0; ; failures++) {
      if (this.closed) throw new DeviceClosedError('shutting down');
      try {
        return await this.attempt(batch);
      } catch (error) {
        if (error instanceof ContradictionError) throw error;
        await sleep(failures ? backOffMs(failures - 1) : 0, undefined, { ref: false });
      }
    }
  }

  /** Once. @throws ContradictionError | whatever stands in the way at the moment */
  async attempt(batch: Batch): Promise<Placed> {
    const client = this.connected();
    try {
      const placed = await send(await client, batch);
      this.proven = client;
      this.report(true);
      return placed;
    } catch (error) {
      if (contradicts(error)) throw new ContradictionError((error as Error).message, { cause: error });
      const broken = breaksConnection(error);
      if (broken) this.discard(client);
      if (!broken || this.proven !== client) this.report(false, error as Error);
      throw error;
    }
  }

  /** A server that says nothing is as good as gone: whoever gave up waiting says so, and what is in flight fails. */
  suspect(reason: string): void {
    this.report(false, new Error(reason));
    this.discard(this.client);
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private connected(): Promise<Client> {
    return (this.client ??= this.options.connect());
  }

  private discard(client: Promise<Client> | undefined): void {
    if (this.client === client) this.client = undefined;
    // `end` would wait for a server that says nothing
    client
      ?.then((open) => (open as unknown as { connection: { stream: Socket } }).connection.stream.destroy())
      .catch(() => undefined);
  }

  private report(up: boolean, error?: Error): void {
    if (up && this.up) return;
    this.up = up;
    this.options.onStateChange?.(up, error);
  }
}

async function send(client: Client, batch: Batch): Promise<Placed> {
  const { id, writer, lane, previous, root, signature, n, headers, payloads } = batch;
  const { rows } = await client.query<{ first_index: string }>({
    name: 'audit-append',
    text: APPEND,
    values: [id, writer, lane, previous, root, signature, n, headers, payloads],
  });
  return { firstIndex: Number(rows[0]?.first_index) };
}
