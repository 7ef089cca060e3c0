/** Whom a limit is set for. A model is limited for each tenant by itself. */
export const LIMIT_SCOPES = ['key', 'user', 'tenant', 'model'] as const;
export type LimitScope = (typeof LIMIT_SCOPES)[number];
