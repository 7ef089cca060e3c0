import type { ClientBase, QueryConfig } from 'pg';
import type { Tile } from '../../format/tiles';
import { ForkError } from './fork-error';

const PUBLISH = 'select audit.publish($1, $2, $3, $4, $5, $6) as new';
const DIFFERS = '23000';

/** Adds checkpoints, tiles and cosignatures, one after the other on one connection. Acts as `checkpointer`. */
export class Publisher {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: ClientBase) {}

  /** @throws ForkError when another tree was published */
  async publish(size: number, root: Buffer, note: string, tiles: readonly Tile[]): Promise<void> {
    try {
      await this.run({
        name: 'audit-publish',
        text: PUBLISH,
        values: [
          size,
          root,
          note,
          tiles.map(({ level }) => level),
          tiles.map(({ n }) => n),
          tiles.map(({ hashes }) => hashes),
        ],
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === DIFFERS) throw new ForkError((error as Error).message);
      throw error;
    }
  }

  async cosign(epoch: number, size: number, line: string): Promise<void> {
    await this.run({ text: 'select audit.cosign($1, $2, $3)', values: [epoch, size, line] });
  }

  async ensurePartitions(): Promise<void> {
    await this.run({ text: 'select audit.ensure_partitions(3)' });
  }

  private async run(statement: QueryConfig): Promise<void> {
    const turn = this.last.then(() => this.client.query(statement));
    this.last = turn.catch(() => undefined);
    await turn;
  }
}
