import { Injectable } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { Subjects } from '../../features/audit';
import type { Budget } from '../../features/budgets';
import { ApiKeys, Tenants } from '../../features/tenancy';
import type { NewBudget } from './budget-schema';

/** From the names that administrators use to those that calls are counted by. */
@Injectable()
export class BudgetScopes {
  constructor(
    private readonly tenants: Tenants,
    private readonly keys: ApiKeys,
    private readonly subjects: Subjects,
  ) {}

  /**
   * A person gets a reference here when it has none: the budget may come before the first call.
   * @throws GatewayError `not_found` for a tenant or key that the actor must not know of; `invalid_request` when they do not go together
   */
  async of(
    actor: Caller,
    { tenant, key, user, tag }: NewBudget['scope'],
  ): Promise<Pick<Budget, 'tenantId' | 'scope' | 'name'>> {
    if (key !== undefined) {
      const { id, tenantId } = await this.keys.find(actor, key);
      if (tenant !== undefined && tenant.toLowerCase() !== tenantId)
        throw new GatewayError('invalid_request', 'The key belongs to another tenant', { param: 'scope.key' });
      return { tenantId, scope: 'key', name: id };
    }
    const { id: tenantId } = await this.tenants.find(actor, tenant ?? actor.tenantId);
    if (user !== undefined) return { tenantId, scope: 'user', name: await this.subjects.reference(tenantId, user) };
    if (tag !== undefined) return { tenantId, scope: 'tag', name: tag };
    return { tenantId, scope: 'tenant', name: '' };
  }
}
