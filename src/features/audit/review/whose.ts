import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';

/** The tenant whose entries a caller may see; undefined: all of them, and those of the installation. */
export function visibleTo({ root, tenantId }: Caller): string | undefined {
  return root ? undefined : tenantId;
}

/**
 * The tenant that a request is about.
 * @param asked what the request names
 * @returns undefined: all tenants
 * @throws GatewayError `not_found` for a tenant that the caller must not know of
 */
export function tenantAsked(caller: Caller, asked: string | undefined): string | undefined {
  if (asked === undefined) return visibleTo(caller);
  if (!caller.root && asked !== caller.tenantId)
    throw new GatewayError('not_found', 'There is no such tenant', { param: 'tenant' });
  return asked;
}

/** @throws GatewayError `forbidden` */
export function requireRoot({ root }: Caller, what: string): void {
  if (!root) throw new GatewayError('forbidden', `Only a key of the root tenant may ${what}`);
}
