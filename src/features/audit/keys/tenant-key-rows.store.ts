import type { KeyDatabase } from './key-database.store';
import type { TenantKeyName } from './key-names';
import type { Month } from './months';

export interface TenantKeyRow extends TenantKeyName {
  /** Null: destroyed. */
  readonly wrapped: Buffer | null;
  readonly wrapper: string;
}

const COLUMNS = 'id, tenant, month, version, wrapped, wrapper';

export class TenantKeyRows {
  constructor(private readonly database: KeyDatabase) {}

  /** The newest version, alive or not. */
  async newest(tenant: string, month: Month): Promise<TenantKeyRow | undefined> {
    const [row] = await this.database.query<TenantKeyRow>(
      `select ${COLUMNS} from audit_keys.tenant_keys where tenant = $1 and month = $2 order by version desc limit 1`,
      [tenant, month],
    );
    return row;
  }

  async byId(id: string): Promise<TenantKeyRow | undefined> {
    const [row] = await this.database.query<TenantKeyRow>(
      `select ${COLUMNS} from audit_keys.tenant_keys where id = $1`,
      [id],
    );
    return row;
  }

  /** @returns whether nobody was faster */
  async add({ id, tenant, month, version, wrapped, wrapper }: TenantKeyRow): Promise<boolean> {
    const made = await this.database.query(
      `insert into audit_keys.tenant_keys (${COLUMNS}) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant, month, version) do nothing returning id`,
      [id, tenant, month, version, wrapped, wrapper],
    );
    return made.length > 0;
  }
}
