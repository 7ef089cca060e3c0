import type { Config } from '../../platform/config/config';
import { effectivePolicy, tenantEntry, type Policy } from '../../platform/config/effective-policy';

interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** Callers choose names of models: what is remembered of them must not grow. */
const KEPT = 1_000;

/** What protects a call, looked up once for each model and tenant that has a policy of its own. */
export class Policies {
  private readonly known = new Map<string, Policy>();

  constructor(private readonly config: Pick<Config, 'policies'>) {}

  /** Other policies hold from now on. */
  renew(): void {
    this.known.clear();
  }

  of({ provider, model }: { readonly provider: string; readonly model: string }, tenant: Tenant): Policy {
    const entry = tenantEntry(this.config.policies, tenant) ?? '';
    const name = `${provider}/${model}\n${entry}`;
    let policy = this.known.get(name);
    if (!policy) {
      if (this.known.size >= KEPT) this.known.clear();
      policy = effectivePolicy(this.config.policies, { provider, model, tenant });
      this.known.set(name, policy);
    }
    return policy;
  }
}
