import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../../contract/errors';
import { Config } from '../../../platform/config/config';
import { providersIn } from '../../../platform/config/check-guards';
import type { GuardChange } from '../../../platform/config/guards';
import { GuardPolicies, type HeldPolicy, type Tenant } from './guard-policies';
import { GuardPolicyVersions, type PolicyVersion } from './guard-policies.store';
import { PolicyRefresh } from './policy-refresh.service';

/** Policies as administrators see and set them. */
@Injectable()
export class GuardSettings {
  constructor(
    private readonly config: Config,
    private readonly policies: GuardPolicies,
    private readonly versions: GuardPolicyVersions,
    private readonly refresh: PolicyRefresh,
  ) {}

  /** What holds for a tenant, and what of it was set here. */
  async find(tenant: Tenant): Promise<{ readonly set: GuardChange; readonly held: HeldPolicy }> {
    await this.refresh.look();
    return { set: this.policies.storedOf(tenant.id)?.change ?? {}, held: this.policies.of(tenant) };
  }

  /**
   * Replaces what was set for a tenant.
   * @param expected the version that it replaces; undefined: whichever there is
   * @throws GatewayError `invalid_request` for a provider that is not configured; `conflict` when another version was set meanwhile
   */
  async set(tenant: Tenant, change: GuardChange, expected: number | undefined, by: string): Promise<HeldPolicy> {
    this.check(change);
    await this.refresh.look();
    const current = this.policies.storedOf(tenant.id)?.version ?? 0;
    if (expected !== undefined && expected !== current) throw changedMeanwhile(current);
    if (!(await this.versions.add(tenant.id, current + 1, change, by))) throw changedMeanwhile(current + 1);
    await this.refresh.look();
    return this.policies.of(tenant);
  }

  /** Newest first. */
  async history(tenantId: string, before: number | undefined, limit: number): Promise<PolicyVersion[]> {
    return this.versions.list(tenantId, before ?? 2 ** 31 - 1, limit);
  }

  /** @throws GatewayError `invalid_request` */
  check(change: GuardChange): void {
    const known = new Set(this.config.providers.map(({ name }) => name));
    for (const name of providersIn(change.personalData))
      if (!known.has(name))
        throw new GatewayError('invalid_request', `provider ${name} is not configured`, {
          param: 'policy.personalData',
        });
  }
}

function changedMeanwhile(version: number): GatewayError {
  return new GatewayError('conflict', `The policy is at version ${version} by now`, { param: 'version' });
}
