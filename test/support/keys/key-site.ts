import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { AuditKeys, type AuditKeysOptions } from '../../../src/features/audit/keys/audit-keys';
import { KeyWrapper } from '../../../src/platform/secrets/key-wrapper';
import { LocalKeyWrapper } from '../../../src/platform/secrets/local-key-wrapper';
import { testDatabase, type TestDatabase } from '../database';

/** A key-encryption key that can be taken away. */
export class RemovableKek extends KeyWrapper {
  override readonly id: string;
  calls = 0;
  away: 'no' | 'failing' | 'silent' = 'no';

  constructor(private readonly inner = new LocalKeyWrapper(randomBytes(32))) {
    super();
    this.id = inner.id;
  }
  override wrap(key: Buffer, context: string): Promise<Buffer> {
    return this.ask(() => this.inner.wrap(key, context));
  }
  override unwrap(wrapped: Buffer, context: string): Promise<Buffer> {
    return this.ask(() => this.inner.unwrap(wrapped, context));
  }
  private ask(call: () => Promise<Buffer>): Promise<Buffer> {
    this.calls++;
    if (this.away === 'silent') return new Promise(() => undefined);
    return this.away === 'failing' ? Promise.reject(new Error('the key service is away')) : call();
  }
}

/** A key database and the processes that use it. */
export class KeySite {
  readonly masterKey = randomBytes(32);
  kek = new RemovableKek();
  private readonly open: AuditKeys[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly client: Client,
  ) {}

  static async build(): Promise<KeySite> {
    const database = await testDatabase();
    const client = new Client(database.url);
    await client.connect();
    return new KeySite(database, client);
  }

  /** Another process. */
  async replica(more: Partial<AuditKeysOptions> = {}): Promise<AuditKeys> {
    const keys = new AuditKeys({
      url: this.database.url,
      masterKey: this.masterKey,
      kek: { use: this.kek },
      backupDays: 30,
      ...more,
    });
    await keys.open();
    this.open.push(keys);
    return keys;
  }

  async count(table: string, where = 'true'): Promise<number> {
    const { rows } = await this.client.query<{ n: number }>(
      `select count(*)::int as n from audit_keys.${table} where ${where}`,
    );
    return rows[0]?.n ?? 0;
  }

  /** Everything that the key database says, as text; bytes in hex. */
  async dump(...tables: string[]): Promise<string> {
    let text = '';
    for (const table of tables) {
      const { rows } = await this.client.query<Record<string, unknown>>(`select * from audit_keys.${table}`);
      text += JSON.stringify(rows, (_, value: unknown) =>
        isBuffer(value) ? Buffer.from(value.data).toString('hex') : value,
      );
    }
    return text;
  }

  /** Every process ends, and nothing is left. */
  async reset(): Promise<void> {
    await Promise.all(this.open.splice(0).map((keys) => keys.close()));
    await this.client.query(
      `truncate audit_keys.tenant_keys, audit_keys.data_keys, audit_keys.subjects, audit_keys.shred_ledger,
                audit_keys.rotations, audit_keys.nodes, audit_keys.changes, audit_keys.acknowledgements`,
    );
    this.kek = new RemovableKek();
  }

  async close(): Promise<void> {
    await this.client.end();
    await this.database.drop();
  }
}

function isBuffer(value: unknown): value is { data: number[] } {
  return (value as { type?: unknown } | null)?.type === 'Buffer';
}
