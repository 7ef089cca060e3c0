import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import type { Caller, KeyLimits, Role } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { isUuid, uuidv7 } from '../../contract/ids';
import { ApiKey } from './api-key.entity';
import { KEY_CHANGES } from './key-changes.store';
import { keyHash, keyPrefix, newKey } from './key-format';
import { KeyRing } from './key-ring.service';
import { type Page, pageOf, type PageRequest } from './page';
import { Tenants } from './tenants.service';

export interface KeyDraft {
  readonly name: string;
  /** The actor's own when absent. */
  readonly tenant?: string;
  readonly roles: readonly Role[];
  readonly models?: readonly string[];
  readonly limits?: KeyLimits;
  readonly expiresAt?: Date;
}

/** API keys as administrators see them: the root tenant's see all, others those of their own tenant. */
@Injectable()
export class ApiKeys {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly tenants: Tenants,
    private readonly ring: KeyRing,
  ) {}

  /** @returns the stored facts, and the key itself, which exists nowhere else. */
  async create(actor: Caller, draft: KeyDraft, id = uuidv7()): Promise<{ stored: ApiKey; key: string }> {
    const lacking = draft.roles.find((role) => !actor.roles.has(role));
    if (lacking)
      throw new GatewayError('forbidden', `A key without the role ${lacking} cannot grant it`, { param: 'roles' });
    const tenant = await this.tenants.find(actor, draft.tenant ?? actor.tenantId);
    if (tenant.disabledAt) throw new GatewayError('conflict', 'The tenant is disabled', { param: 'tenant' });
    const key = newKey();
    const stored = this.keys.create({
      id,
      tenantId: tenant.id,
      name: draft.name,
      hash: Buffer.from(keyHash(key), 'base64'),
      prefix: keyPrefix(key),
      roles: [...new Set(draft.roles)],
      models: [...(draft.models ?? [])],
      rpm: draft.limits?.rpm ?? null,
      tpm: draft.limits?.tpm ?? null,
      concurrency: draft.limits?.concurrency ?? null,
      bootstrap: false,
      createdAt: new Date(),
      createdBy: actor.keyId,
      expiresAt: draft.expiresAt ?? null,
      revokedAt: null,
      suspendedAt: null,
      suspendedBy: null,
      lastUsedOn: null,
    });
    await this.keys.insert(stored);
    return { stored, key };
  }

  async list(
    actor: Caller,
    { limit, cursor, tenant }: PageRequest & { readonly tenant?: string },
  ): Promise<Page<ApiKey>> {
    const owner = tenant ? (await this.tenants.find(actor, tenant)).id : actor.root ? undefined : actor.tenantId;
    const found = await this.keys.find({
      where: { ...(owner && { tenantId: owner }), ...(cursor && { id: LessThan(cursor) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return pageOf(found, limit);
  }

  /** @throws GatewayError `not_found`, also for keys that the actor must not know of. */
  async find(actor: Caller, id: string): Promise<ApiKey> {
    const key = isUuid(id) ? await this.keys.findOneBy({ id }) : null;
    if (!key || !(actor.root || key.tenantId === actor.tenantId))
      throw new GatewayError('not_found', 'There is no such API key');
    return key;
  }

  /** Takes effect here before it returns, and in other processes as soon as the database tells them. */
  async revoke(actor: Caller, id: string): Promise<void> {
    const key = await this.find(actor, id);
    await this.keys.manager.transaction(async (db) => {
      await db.query('update api_keys set revoked_at = coalesce(revoked_at, now()), bootstrap = false where id = $1', [
        key.id,
      ]);
      await db.query('select pg_notify($1, $2)', [KEY_CHANGES, key.id]);
    });
    this.ring.forget(key.id);
  }

  /**
   * The key is not accepted until it is let in again. Keys that govern are left alone: whoever could help would be locked out.
   * @param cause the id of what it is about; the same as before changes nothing
   * @returns why not
   */
  async suspend(id: string, cause: string): Promise<'not_found' | 'governs' | 'already' | undefined> {
    const key = isUuid(id) ? await this.keys.findOneBy({ id }) : null;
    if (!key || key.revokedAt) return 'not_found';
    if (key.bootstrap || key.roles.some((role) => role !== 'client')) return 'governs';
    const [rows] = await this.switch(
      `update api_keys set suspended_at = coalesce(suspended_at, now()), suspended_by = $2
       where id = $1 and (suspended_by is null or suspended_by = $2) returning id`,
      id,
      cause,
    );
    return rows.length ? undefined : 'already';
  }

  /** @param cause as it was given when it was suspended; of another it stays so */
  async letIn(id: string, cause: string): Promise<void> {
    await this.switch(
      `update api_keys set suspended_at = null, suspended_by = null where id = $1 and suspended_by = $2 returning id`,
      id,
      cause,
    );
  }

  private async switch(sql: string, id: string, cause: string): Promise<[object[], number]> {
    const changed = await this.keys.manager.transaction(async (db) => {
      const rows = await db.query<[object[], number]>(sql, [id, cause]);
      await db.query('select pg_notify($1, $2)', [KEY_CHANGES, id]);
      return rows;
    });
    this.ring.forget(id);
    return changed;
  }
}
