import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../contract/canonical-json';
import { tenantEntry } from '../../../platform/config/effective-policy';
import type { GuardChange, GuardPolicy, Guards } from '../../../platform/config/guards';

export interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** What holds for one tenant. */
export interface HeldPolicy {
  readonly policy: GuardPolicy;
  /** 128 bits of SHA-256 over it, hex: what records name it by. */
  readonly hash: string;
  /** The version that an administrator set; 0 where nobody did. */
  readonly version: number;
}

export interface StoredChange {
  readonly version: number;
  readonly change: GuardChange;
}

/** The defaults, what the file says of the tenant, and what was set through the API: each stronger than the one before. */
export class GuardPolicies {
  private readonly held = new Map<string, HeldPolicy>();
  private stored: ReadonlyMap<string, StoredChange> = new Map();

  constructor(private guards: Guards) {}

  of(tenant: Tenant): HeldPolicy {
    const name = `${tenant.id}\n${tenant.name}`;
    let held = this.held.get(name);
    if (!held) {
      held = this.resolve(tenant, this.stored.get(tenant.id));
      this.held.set(name, held);
    }
    return held;
  }

  /** What would hold with this change. */
  resolve(tenant: Tenant, stored: StoredChange | undefined): HeldPolicy {
    const entry = tenantEntry(this.guards, tenant);
    const inFile = entry === undefined ? undefined : this.guards.tenants[entry];
    const policy = merged(merged(this.guards.defaults, inFile), stored?.change);
    return { policy, hash: policyHash(policy), version: stored?.version ?? 0 };
  }

  storedOf(tenantId: string): StoredChange | undefined {
    return this.stored.get(tenantId);
  }

  /** Other defaults and tenants are declared from now on. */
  take(guards: Guards): void {
    this.guards = guards;
    this.held.clear();
  }

  /** What is set in the database, by tenant's id; replaces what was known. */
  learn(stored: ReadonlyMap<string, StoredChange>): void {
    this.stored = stored;
    this.held.clear();
  }
}

export function policyHash(policy: GuardPolicy): string {
  return createHash('sha256').update(canonicalJson(policy)).digest('hex').slice(0, 32);
}

function merged(base: GuardPolicy, change: GuardChange | undefined): GuardPolicy {
  if (!change) return base;
  return {
    personalData: { ...base.personalData, ...change.personalData } as GuardPolicy['personalData'],
    injection: { ...base.injection, ...change.injection } as GuardPolicy['injection'],
    output: { ...base.output, ...change.output } as GuardPolicy['output'],
    logs: { ...base.logs, ...change.logs } as GuardPolicy['logs'],
    flags: { ...base.flags, ...change.flags } as GuardPolicy['flags'],
  };
}
