export const ROLES = ['client', 'auditor', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who is calling: what the API key says. Frozen; shared by every call of the key. */
export interface Caller {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly keyId: string;
  readonly roles: ReadonlySet<Role>;
  /** May act on every tenant: a key of the root tenant. */
  readonly root: boolean;
  /** Names or `prefix*` patterns; empty means every model. */
  readonly models: readonly string[];
  readonly limits: KeyLimits;
}

/** Absent means the configured default; all per minute except concurrency. */
export interface KeyLimits {
  readonly rpm?: number;
  readonly tpm?: number;
  readonly concurrency?: number;
}
