import type { Client } from 'pg';
import type { Head } from '../head/high-water';
import type { Checkpointer } from './checkpointer';
import { ForkError } from './fork-error';
import { Publisher } from './publisher.store';

/** The class is the log's in the database; the number is arbitrary but must never change. */
export const LEADER_LOCK = [7_143_002, 10];

export interface Round {
  readonly head?: Head & { readonly note: string };
  readonly more: boolean;
}

export interface LeaderParts {
  /** An open connection that acts as the checkpointer. */
  readonly connect: () => Promise<Client>;
  readonly takeUp: (publisher: Publisher) => Promise<Checkpointer>;
  /** After so long a round ends with what was looked at. */
  readonly budgetMs: number;
}

/** One process at a time signs: the one whose connection holds a lock. When it dies, its connection and the lock go with it. */
export class Leader {
  private client: Client | undefined;
  private held: { readonly checkpointer: Checkpointer; readonly publisher: Publisher } | undefined;

  constructor(private readonly parts: LeaderParts) {}

  get leads(): boolean {
    return this.held !== undefined;
  }

  get publisher(): Publisher | undefined {
    return this.held?.publisher;
  }

  /** @returns undefined when another process leads @throws ForkError | what the database or the network said */
  async turn(): Promise<Round | undefined> {
    try {
      const client = (this.client ??= await this.parts.connect());
      if (!this.held) {
        const { rows } = await client.query<{ mine: boolean }>(
          'select pg_try_advisory_lock($1, $2) as mine',
          LEADER_LOCK,
        );
        if (!rows[0]?.mine) return undefined;
        const publisher = new Publisher(client);
        this.held = { publisher, checkpointer: await this.parts.takeUp(publisher) };
      }
      return await this.held.checkpointer.round(this.parts.budgetMs);
    } catch (error) {
      await this.release();
      throw error instanceof ForkError ? error : (error as Error);
    }
  }

  /** Lets another process lead. */
  async release(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    this.held = undefined;
    await client?.end().catch(() => undefined);
  }
}
