import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller, type Role, ROLES } from '../../contract/caller';
import type { KnownKey } from './known-keys';

interface Row {
  id: string;
  tenant_id: string;
  tenant_name: string;
  roles: string[];
  models: string[];
  rpm: number | null;
  tpm: number | null;
  concurrency: number | null;
  expires_at: Date | null;
  root: boolean;
  seen_today: boolean;
}

const ACCEPTED = `
  select k.id, k.tenant_id, t.name as tenant_name, k.roles, k.models, k.rpm, k.tpm, k.concurrency, k.expires_at, t.root,
         k.last_used_on is not distinct from (now() at time zone 'UTC')::date as seen_today
  from api_keys k join tenants t on t.id = k.tenant_id
  where k.revoked_at is null and k.suspended_at is null and t.disabled_at is null`;

const SEEN_TODAY = `update api_keys set last_used_on = (now() at time zone 'UTC')::date where id = $1`;

/** Turns the hash of a key into who is calling. */
@Injectable()
export class ApiKeyLookup {
  constructor(private readonly database: DataSource) {}

  async find(hash: string): Promise<KnownKey | undefined> {
    const [row] = await this.database.query<Row[]>(`${ACCEPTED} and k.hash = $1`, [Buffer.from(hash, 'base64')]);
    if (!row) return undefined;
    const known = knownKey(row);
    // once a day for each key; whether it works matters to nobody who is waiting
    if (!row.seen_today && known.expiresAt > Date.now())
      this.database.query(SEEN_TODAY, [row.id]).catch(() => undefined);
    return known;
  }

  /** The same, for work that goes on after the key was presented. */
  async findById(id: string): Promise<KnownKey | undefined> {
    const [row] = await this.database.query<Row[]>(`${ACCEPTED} and k.id = $1`, [id]);
    return row && knownKey(row);
  }
}

function knownKey(row: Row): KnownKey {
  return { caller: callerOf(row), expiresAt: row.expires_at?.getTime() ?? Infinity };
}

function callerOf(row: Row): Caller {
  return Object.freeze({
    tenantId: row.tenant_id,
    tenantName: row.tenant_name,
    keyId: row.id,
    roles: new Set(row.roles.filter(isRole)),
    root: row.root,
    models: Object.freeze(row.models),
    limits: Object.freeze({
      ...(row.rpm !== null && { rpm: row.rpm }),
      ...(row.tpm !== null && { tpm: row.tpm }),
      ...(row.concurrency !== null && { concurrency: row.concurrency }),
    }),
  });
}

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}
