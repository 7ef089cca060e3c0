import type { KeyObject } from 'node:crypto';
import { decodeBase64 } from '../../format/base64';
import { batchStatement, statementHash, verifyBatch } from '../../format/batch';
import { importPublicKey } from '../../format/ed25519';
import type { Header } from '../../format/header';
import { parseVkey } from '../../format/vkey';
import { verifyCertificate, writerId } from '../../format/writer-certificate';
import { ForkError } from './fork-error';
import type { StoredBatch } from './log-reader.store';

const KEPT = 10_000;

interface Known {
  readonly key: KeyObject;
  readonly lane: number;
  readonly statement: Buffer;
}

/** Keys of the log: any of them may have admitted a writer. */
export interface LogKeys {
  readonly origin: string;
  readonly vkeys: readonly string[];
  /** Another process may have replaced the key. */
  refresh(): Promise<void>;
}

/** Finds a writer's earlier batches. */
export interface Earlier {
  batchOf(writer: string, lane: number): Promise<StoredBatch | undefined>;
}

/** Recognises what this process signed itself. */
export type IsOwn = (statement: string, signature: Buffer) => boolean;

/** Who writes, and where in its lane each writer is: a batch must be signed, certified and the next of its writer. */
export class KnownWriters {
  private readonly writers = new Map<string, Known>();

  constructor(
    private readonly log: LogKeys,
    private readonly earlier: Earlier,
    private readonly isOwn: IsOwn = () => false,
  ) {}

  /** @param root recomputed from the headers @throws ForkError */
  async check(batch: StoredBatch, root: Buffer): Promise<void> {
    const { writer, lane, n, signature } = batch;
    const known = this.writers.get(writer) ?? (await this.introduce(batch));
    const at = `batch ${batch.firstIndex} of ${writer}`;
    if (lane !== known.lane + 1) throw new ForkError(`${at} has lane ${lane} after ${known.lane}`);
    if (!batch.root.equals(root)) throw new ForkError(`${at}: its root is not that of its headers`);
    if (!batch.previous.equals(known.statement)) throw new ForkError(`${at} does not follow the one before`);
    const statement = batchStatement({ origin: this.log.origin, writer, lane, previous: batch.previous, n, root });
    if (!this.isOwn(statement, signature) && !verifyBatch(statement, known.key, signature))
      throw new ForkError(`${at}: its signature is not valid`);
    this.remember(writer, { key: known.key, lane, statement: statementHash(statement) });
  }

  /** It will write no more. */
  forget(writer: string): void {
    this.writers.delete(writer);
  }

  private remember(writer: string, known: Known): void {
    if (!this.writers.has(writer) && this.writers.size >= KEPT) {
      const [oldest] = this.writers.keys();
      if (oldest !== undefined) this.writers.delete(oldest);
    }
    this.writers.set(writer, known);
  }

  private async introduce(batch: StoredBatch): Promise<Known> {
    const { writer, lane } = batch;
    if (lane === 1) return { key: await this.admitted(batch), lane: 0, statement: Buffer.alloc(0) };
    const [first, last] = [await this.earlier.batchOf(writer, 1), await this.earlier.batchOf(writer, lane - 1)];
    if (!first || !last) throw new ForkError(`writer ${writer} is at lane ${lane}, but earlier ones are missing`);
    const { previous, n, root } = last;
    const statement = batchStatement({ origin: this.log.origin, writer, lane: lane - 1, previous, n, root });
    const key = await this.admitted(first);
    if (!verifyBatch(statement, key, last.signature))
      throw new ForkError(`batch ${last.firstIndex} of ${writer}: its signature is not valid`);
    return { key, lane: lane - 1, statement: statementHash(statement) };
  }

  /** The key of a writer, from its first batch. */
  private async admitted({ writer, headers, firstIndex }: StoredBatch): Promise<KeyObject> {
    const refuse = (why: string): never => {
      throw new ForkError(`writer ${writer}, which begins at ${firstIndex}, ${why}`);
    };
    if (headers === undefined) return refuse('has no first batch any more');
    const { event, metadata } = JSON.parse(headers.split('\n', 1)[0] as string) as Header;
    const raw = decodeBase64(textOf(metadata?.['writer_key']));
    const certificate = decodeBase64(textOf(metadata?.['certificate']));
    if (event !== 'writer.open' || raw?.length !== 32 || !certificate || writerId(raw) !== writer)
      return refuse('does not say who it is');
    const isAdmitted = (): boolean =>
      this.log.vkeys.some((vkey) => verifyCertificate(this.log.origin, raw, parseVkey(vkey).key, certificate));
    if (!isAdmitted()) await this.log.refresh();
    return isAdmitted() ? importPublicKey(raw) : refuse('was not admitted by the log');
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
