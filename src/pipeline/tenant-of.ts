import type { Call } from '../contract/call';

/** The tenant as policies know it. */
export function tenantOf({ caller: { tenantId, tenantName } }: Pick<Call, 'caller'>): { id: string; name: string } {
  return { id: tenantId, name: tenantName };
}
