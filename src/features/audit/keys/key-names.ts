import { randomBytes } from 'node:crypto';
import type { Month } from './months';

/** In a column for a tenant or a subject: entries of the installation itself, or about nobody in particular. */
export const NONE = '';

export const newDataKeyId = (): string => newId('dk_');
export const newTenantKeyId = (): string => newId('tk_');
export const newOrderId = (): string => newId('sh_');
export const newReference = (): string => newId('s_');

/** 128 random bits. */
function newId(prefix: string): string {
  return prefix + randomBytes(16).toString('base64url');
}

export interface TenantKeyName {
  readonly id: string;
  readonly tenant: string;
  readonly month: Month;
  readonly version: number;
}

export interface DataKeyName extends TenantKeyName {
  readonly subject: string;
  readonly tenantKey: string;
}

/** What wrapped bytes are authenticated with: they open in no other row. */
export function tenantKeyContext({ id, tenant, month, version }: TenantKeyName): string {
  return `gatehouse-audit-tenant-key/v1\n${id}\n${tenant}\n${month}\n${version}\n`;
}

export function dataKeyContext({ id, tenantKey, tenant, subject, month, version }: DataKeyName): string {
  return `gatehouse-audit-data-key/v1\n${id}\n${tenantKey}\n${tenant}\n${subject}\n${month}\n${version}\n`;
}

export function subjectContext(tenant: string, reference: string): string {
  return `gatehouse-audit-subject/v1\n${tenant}\n${reference}\n`;
}
