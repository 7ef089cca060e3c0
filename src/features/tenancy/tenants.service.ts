import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { isUuid, uuidv7 } from '../../contract/ids';
import { KEY_CHANGES } from './key-changes.store';
import { KeyRing } from './key-ring.service';
import { type Page, pageOf, type PageRequest } from './page';
import { Tenant } from './tenant.entity';

export interface TenantChange {
  readonly name?: string;
  readonly disabled?: boolean;
}

/** Tenants as their administrators see them: the root tenant's see all, others see their own. */
@Injectable()
export class Tenants {
  constructor(
    @InjectRepository(Tenant) private readonly tenants: Repository<Tenant>,
    private readonly ring: KeyRing,
  ) {}

  async create(actor: Caller, name: string, id = uuidv7()): Promise<Tenant> {
    requireRoot(actor, 'create');
    const tenant = this.tenants.create({ id, name, root: false, createdAt: new Date(), disabledAt: null });
    await this.tenants.insert(tenant).catch((error: unknown) => refuseTakenName(error, name));
    return tenant;
  }

  async list(actor: Caller, { limit, cursor }: PageRequest): Promise<Page<Tenant>> {
    const found = await this.tenants.find({
      where: { ...(cursor && { id: LessThan(cursor) }), ...(!actor.root && { id: actor.tenantId }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return pageOf(found, limit);
  }

  /** @throws GatewayError `not_found`, also for tenants that the actor must not know of. */
  async find(actor: Caller, id: string): Promise<Tenant> {
    const visible = isUuid(id) && (actor.root || id.toLowerCase() === actor.tenantId);
    const tenant = visible ? await this.tenants.findOneBy({ id }) : null;
    if (!tenant) throw new GatewayError('not_found', 'There is no such tenant', { param: 'tenant' });
    return tenant;
  }

  /** Disabling takes effect on every key of the tenant at once. */
  async change(actor: Caller, id: string, { name, disabled }: TenantChange): Promise<Tenant> {
    const tenant = await this.find(actor, id);
    requireRoot(actor, 'change');
    if (tenant.root && disabled)
      throw new GatewayError('conflict', 'The root tenant cannot be disabled', { param: 'disabled' });
    if (name !== undefined) tenant.name = name;
    if (disabled !== undefined) tenant.disabledAt = disabled ? (tenant.disabledAt ?? new Date()) : null;
    await this.tenants.manager.transaction(async (db) => {
      await db
        .update(Tenant, { id: tenant.id }, { name: tenant.name, disabledAt: tenant.disabledAt })
        .catch((error: unknown) => refuseTakenName(error, tenant.name));
      await db.query('select pg_notify($1, $2)', [KEY_CHANGES, tenant.id]);
    });
    this.ring.forget(tenant.id);
    return tenant;
  }
}

function requireRoot(actor: Caller, verb: string): void {
  if (!actor.root) throw new GatewayError('forbidden', `Only a key of the root tenant may ${verb} tenants`);
}

function refuseTakenName(error: unknown, name: string): never {
  if ((error as { code?: unknown }).code === '23505')
    throw new GatewayError('conflict', `There is already a tenant named ${JSON.stringify(name)}`, { param: 'name' });
  throw error;
}
