import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { join } from 'node:path';
import { DataSource, type EntityManager } from 'typeorm';
import { ROLES } from '../../contract/caller';
import { uuidv7 } from '../../contract/ids';
import { Config } from '../../platform/config/config';
import { inDataFolder } from '../../platform/config/data-folder';
import { KEY_CHANGES } from './key-changes.store';
import { keyHash, keyPrefix } from './key-format';
import { rootKeyIn } from './root-key';

const VARIABLE = 'GATEHOUSE_ROOT_KEY';
/** Serialises the start of several replicas; the number is arbitrary but must never change. */
const ROOT_LOCK = '6127315019';

interface StoredKey {
  id: string;
  bootstrap: boolean;
  revoked_at: Date | null;
}

/** Sees to it, before the first call, that the root tenant exists and that the configured root key opens it. */
@Injectable()
export class RootAccess implements OnModuleInit {
  private readonly log = new Logger(RootAccess.name);
  /** Where a person finds the root key: the variable's name or a file's path. */
  readonly rootKeyLocation: string;

  constructor(
    private readonly config: Config,
    private readonly database: DataSource,
  ) {
    this.rootKeyLocation = config.rootKey ? VARIABLE : join(config.dataDir, 'root.key');
  }

  async onModuleInit(): Promise<void> {
    const given = this.config.rootKey?.reveal();
    const key = given ?? inDataFolder(this.config.dataDir, () => rootKeyIn(this.rootKeyLocation));
    await this.database.transaction(async (db) => {
      await db.query('select pg_advisory_xact_lock($1)', [ROOT_LOCK]);
      const tenantId = await this.rootTenant(db);
      await this.admit(db, tenantId, key);
      await this.retire(db, key);
    });
  }

  private async rootTenant(db: EntityManager): Promise<string> {
    await db.query(`insert into tenants (id, name, root) values ($1, 'root', true) on conflict do nothing`, [uuidv7()]);
    const [tenant] = await db.query<[{ id: string }]>('select id from tenants where root');
    return tenant.id;
  }

  private async admit(db: EntityManager, tenantId: string, key: string): Promise<void> {
    const hash = Buffer.from(keyHash(key), 'base64');
    const [stored] = await db.query<StoredKey[]>('select id, bootstrap, revoked_at from api_keys where hash = $1', [
      hash,
    ]);
    if (!stored)
      return void (await db.query(
        `insert into api_keys (id, tenant_id, name, hash, prefix, roles, bootstrap) values ($1, $2, $3, $4, $5, $6, true)`,
        [uuidv7(), tenantId, this.source, hash, keyPrefix(key), ROLES],
      ));
    if (!stored.revoked_at) return;
    if (!stored.bootstrap)
      // somebody had a reason to revoke it: a restart must not bring it back
      return this.log.warn(
        `The root key in ${this.rootKeyLocation} has been revoked and stays so; put another in its place`,
      );
    await db.query('update api_keys set revoked_at = null where id = $1', [stored.id]);
    await announce(db, stored.id);
  }

  /** A key from the environment replaces every other root key; one in a file belongs to its data folder alone. */
  private async retire(db: EntityManager, key: string): Promise<void> {
    const [retired] = await db.query<[{ id: string }[], number]>(
      `update api_keys set revoked_at = now()
       where bootstrap and revoked_at is null and hash <> $1 and ($2 or name = $3) returning id`,
      [Buffer.from(keyHash(key), 'base64'), this.source === VARIABLE, VARIABLE],
    );
    for (const { id } of retired) await announce(db, id);
  }

  private get source(): string {
    return this.config.rootKey ? VARIABLE : 'root.key';
  }
}

async function announce(db: EntityManager, id: string): Promise<void> {
  await db.query('select pg_notify($1, $2)', [KEY_CHANGES, id]);
}
