import { Pool, type QueryResultRow } from 'pg';
import { GatewayError } from '../../contract/errors';
import { uuidv7 } from '../../contract/ids';
import { connectionOptions, isDiskFull, isUnavailable } from '../../platform/database/connection';
import { lasting } from '../../platform/database/lasting-pool';
import type { SealedBox } from '../../platform/secrets/sealed-box';
import { type FileRow, storedFile } from './file-row';
import { pieces } from './pieces';
import type { FileHead, FileOwner, FileTerms, Purpose, StoredFile } from './stored-file';
import {
  BEGIN,
  BELONG,
  COLUMNS,
  FINISH,
  HAS,
  KEEP_PIECE,
  LOCK_TENANT,
  PERSONS,
  PIECE,
  PURGE,
  PURGE_OF_PERSON,
  REMOVE,
  SWEEP,
  USED,
} from './statements';

const CONNECTIONS = 4;
const SEAL = 'file';
/** An upload that takes longer is given up; the server cuts it long before. */
const COMING_SECONDS = 3_600;
const SWEPT_AT_ONCE = 100;
const PURGED_AT_ONCE = 20;

export interface FileLimits {
  readonly bytes: number;
  readonly tenantBytes: number;
  readonly tenantFiles: number;
  readonly keepSeconds: number;
}

export interface FileFilter {
  readonly purpose?: Purpose | undefined;
  readonly order: 'asc' | 'desc';
  readonly after?: string | undefined;
  readonly limit: number;
}

interface ReceiveTerms {
  readonly reserve?: number;
  readonly made?: boolean;
  readonly persons?: readonly Buffer[];
}

/** A file that is still coming. */
export interface Upload {
  readonly id: string;
  readonly owner: FileOwner;
  readonly bytes: number;
  readonly pieces: number;
}

/** Files in PostgreSQL, sealed piece by piece as they come and opened piece by piece as they go: none is ever in memory as a whole. */
export class Files {
  private readonly pool: Pool;

  constructor(
    url: string,
    private readonly box: SealedBox,
    readonly limits: FileLimits,
  ) {
    this.pool = lasting(new Pool({ ...connectionOptions(url, 'files'), max: CONNECTIONS, allowExitOnIdle: true }));
  }

  /**
   * Takes in what comes. Nobody sees the file before `finish`.
   * @param reserve how many bytes it may have, where that is known; the largest file otherwise
   * @param made the gateway made it: there is room for it, however large it is
   * @param persons of whom it is kept, where that is known before it comes
   * @throws GatewayError `prompt_too_large` when it is larger than files may be; `conflict` when the tenant has no room left;
   *   `storage_unavailable`; what `chunks` throw. Nothing is left of it then
   */
  async receive(
    owner: FileOwner,
    chunks: AsyncIterable<Uint8Array>,
    { reserve = this.limits.bytes, made = false, persons = [] }: ReceiveTerms = {},
  ): Promise<Upload> {
    const id = uuidv7();
    const { tenantId, keyId } = owner;
    if (made) await this.query(BEGIN, [id, tenantId, keyId, 0, COMING_SECONDS]);
    else await this.begin(owner, id, Math.min(reserve, this.limits.bytes));
    try {
      await this.belong(tenantId, [id], persons);
      let [bytes, n] = [0, 0];
      for await (const piece of pieces(chunks)) {
        bytes += piece.length;
        if (!made && bytes > this.limits.bytes) throw tooLarge(this.limits.bytes);
        await this.query(KEEP_PIECE, [id, n, this.box.seal(SEAL, tenantId, `${id}/${n}`, piece)]);
        n++;
      }
      return { id, owner, bytes, pieces: n };
    } catch (error) {
      await this.abandon({ id, owner });
      throw error;
    }
  }

  /** From now on it is a file. */
  async finish({ id, owner, bytes, pieces: count }: Upload, terms: FileTerms): Promise<StoredFile> {
    const { purpose, name, keepSeconds = this.limits.keepSeconds } = terms;
    const head: FileHead = { name, bytes, pieces: count };
    const sealed = this.box.seal(SEAL, owner.tenantId, id, Buffer.from(JSON.stringify(head)));
    const [row] = await this.query<FileRow>(FINISH, [id, purpose, bytes, keepSeconds, sealed]);
    if (!row) throw new GatewayError('conflict', 'The upload took too long and was given up');
    return this.opened(row);
  }

  /** Never throws: what is left is swept. */
  async abandon({ id, owner }: Pick<Upload, 'id' | 'owner'>): Promise<void> {
    await this.query(REMOVE, [owner.tenantId, id]).catch(() => undefined);
  }

  /** @throws GatewayError `storage_unavailable` */
  async find(tenantId: string, id: string): Promise<StoredFile | undefined> {
    const [row] = await this.query<FileRow>(
      `select ${COLUMNS} from files where tenant_id = $1 and id = $2 and state = 'kept' and expires_at > now()`,
      [tenantId, id],
    );
    return row && this.opened(row);
  }

  /** By the time at which they were made. @returns one more than asked for when there is another page */
  async list(tenantId: string, { purpose, order, after, limit }: FileFilter): Promise<readonly StoredFile[]> {
    const rows = await this.query<FileRow>(
      `select ${COLUMNS} from files where tenant_id = $1 and state = 'kept' and expires_at > now()
         and ($2::text is null or purpose = $2) and ($3::uuid is null or id ${order === 'asc' ? '>' : '<'} $3)
       order by id ${order === 'asc' ? 'asc' : 'desc'} limit $4`,
      [tenantId, purpose ?? null, after ?? null, limit + 1],
    );
    return rows.map((row) => this.opened(row));
  }

  /** From now on these files are kept of these people, too. */
  async belong(tenantId: string, ids: readonly string[], persons: readonly Buffer[]): Promise<void> {
    if (ids.length && persons.length) await this.query(BELONG, [tenantId, ids, persons]);
  }

  /** Of whom these files are kept. */
  async personsOf(tenantId: string, ids: readonly string[]): Promise<readonly Buffer[]> {
    return (await this.query<{ person: Buffer }>(PERSONS, [tenantId, ids])).map(({ person }) => person);
  }

  /**
   * Removes what is kept of a person, or everything of the tenant; what still comes is given up.
   * @param before only what began to come by then
   * @returns how many there were
   */
  async purge(tenantId: string, person: Buffer | undefined, before: Date | undefined): Promise<number> {
    for (let purged = 0; ;) {
      const values = [tenantId, before ?? null, PURGED_AT_ONCE];
      const { length } = await (person ? this.query(PURGE_OF_PERSON, [...values, person]) : this.query(PURGE, values));
      purged += length;
      if (length < PURGED_AT_ONCE) return purged;
    }
  }

  /** Whether anything is kept of a person. */
  async has(tenantId: string, person: Buffer): Promise<boolean> {
    return (await this.query(HAS, [tenantId, null, 1, person])).length > 0;
  }

  /** What is in it, piece by piece, as fast as it is read. @throws GatewayError `not_found` when it went meanwhile */
  async *content({ id, tenantId, bytes }: Pick<StoredFile, 'id' | 'tenantId' | 'bytes'>): AsyncGenerator<Buffer> {
    let left = bytes;
    for (let n = 0; left > 0; n++) {
      const [row] = await this.query<{ sealed: Buffer }>(PIECE, [id, n]);
      if (!row) throw new GatewayError('not_found', 'The file was removed while it was read');
      const piece = this.box.open(SEAL, tenantId, `${id}/${n}`, row.sealed);
      left -= piece.length;
      yield piece;
    }
  }

  /** @returns false when there is no such file */
  async remove(tenantId: string, id: string): Promise<boolean> {
    return (await this.query(REMOVE, [tenantId, id])).length > 0;
  }

  /** Removes what has expired, a few at a time. @returns how many */
  async sweep(): Promise<number> {
    return (await this.query(SWEEP, [SWEPT_AT_ONCE])).length;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** One at a time in each tenant, so that many uploads at once cannot take more room than there is. */
  private async begin({ tenantId, keyId }: FileOwner, id: string, reserve: number): Promise<void> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    let broken: Error | undefined;
    try {
      await client.query('begin');
      await client.query(LOCK_TENANT, [tenantId]);
      const { rows } = await client.query<{ files: string; bytes: string }>(USED, [tenantId]);
      this.checkRoom(Number(rows[0]?.files ?? 0), Number(rows[0]?.bytes ?? 0), reserve);
      await client.query(BEGIN, [id, tenantId, keyId, reserve, COMING_SECONDS]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw unavailable(error);
    } finally {
      client.release(broken);
    }
  }

  private checkRoom(files: number, bytes: number, more: number): void {
    const { tenantFiles, tenantBytes } = this.limits;
    if (files >= tenantFiles)
      throw new GatewayError('conflict', `This tenant has ${files} files; at most ${tenantFiles} are kept`, {
        details: { limit: tenantFiles, unit: 'files' },
      });
    if (bytes + more > tenantBytes)
      throw new GatewayError(
        'conflict',
        `The files of this tenant have ${bytes} bytes; at most ${tenantBytes} are kept`,
        {
          details: { limit: tenantBytes, unit: 'bytes' },
        },
      );
  }

  private opened(row: FileRow): StoredFile {
    const head = JSON.parse(this.box.open(SEAL, row.tenant_id, row.id, row.sealed).toString()) as FileHead;
    return storedFile(row, head);
  }

  private async query<R extends QueryResultRow>(text: string, values: unknown[]): Promise<R[]> {
    try {
      return (await this.pool.query<R>(text, values)).rows;
    } catch (error) {
      throw unavailable(error);
    }
  }
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError('prompt_too_large', `The file is larger than ${limit} bytes`, {
    param: 'file',
    details: { limit, unit: 'bytes' },
  });
}

function unavailable(error: unknown): unknown {
  if (error instanceof GatewayError || !(isUnavailable(error) || isDiskFull(error))) return error;
  return new GatewayError('storage_unavailable', 'Files cannot be read or written now', {
    retryAfter: 2,
    cause: error,
  });
}
