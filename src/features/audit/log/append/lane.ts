import { randomUUID } from 'node:crypto';
import { joinHeaders, joinPayloads } from '../../format/batch-columns';
import { batchStatement, signBatch, statementHash } from '../../format/batch';
import { rootOver } from '../../format/frontier';
import type { ReadyEntry } from './append-queue';
import type { Batch } from './batch';
import type { OwnStatements } from './own-statements';
import type { WriterIdentity } from './writer-identity';

const NOTHING = Buffer.alloc(0);

/** One writer's batches, numbered and chained to each other. */
export class Lane {
  private last = 0;
  private statement: Buffer = NOTHING;

  /** @param floor how many entries the log is known to hold */
  constructor(
    readonly origin: string,
    private readonly writer: WriterIdentity,
    private readonly floor: () => number,
    private readonly own?: OwnStatements,
  ) {}

  /** Of the batch that was made last; 0 when there is none. */
  get number(): number {
    return this.last;
  }

  /** The next batch; it must be written before the one that follows. */
  next(entries: readonly ReadyEntry[]): Batch {
    const { origin, writer } = this;
    const previous = this.statement;
    const root = rootOver(entries.map(({ leaf }) => leaf));
    const lane = ++this.last;
    const statement = batchStatement({ origin, writer: writer.id, lane, previous, n: entries.length, root });
    this.statement = statementHash(statement);
    const signature = signBatch(statement, writer.privateKey);
    this.own?.add(statement, signature);
    return {
      id: randomUUID(),
      writer: writer.id,
      lane,
      previous,
      root,
      signature,
      n: entries.length,
      headers: joinHeaders(entries.map(({ text }) => text)),
      payloads: joinPayloads(entries.map(({ ciphertext }) => ciphertext)),
      floor: this.floor(),
    };
  }
}
