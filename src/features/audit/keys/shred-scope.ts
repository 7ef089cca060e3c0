import { GatewayError } from '../../../contract/errors';
import { NONE } from './key-names';

/** What becomes unreadable: one person, everybody of a tenant, or a month of a tenant (of the installation when it is absent). */
export interface ShredScope {
  readonly tenant?: string;
  /** A reference, not a real id. */
  readonly subject?: string;
  /** `2026-11` */
  readonly month?: string;
}

export type ShredKind = 'subject' | 'tenant' | 'month';

/** @throws GatewayError `invalid_request` */
export function kindOf({ tenant, subject, month }: ShredScope): ShredKind {
  if (month !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
    throw new GatewayError('invalid_request', 'A month is written like 2026-11', { param: 'month' });
  if (subject !== undefined && month !== undefined)
    throw new GatewayError('invalid_request', 'Either a person or a month can be erased', { param: 'month' });
  if (!tenant && !month)
    throw new GatewayError('invalid_request', 'Of the installation itself only months can be erased', {
      param: 'tenant',
    });
  return subject !== undefined ? 'subject' : month !== undefined ? 'month' : 'tenant';
}

/** As columns. */
export function columnsOf({ tenant, subject, month }: ShredScope): { tenant: string; subject: string; month: string } {
  return { tenant: tenant ?? NONE, subject: subject ?? NONE, month: month ?? NONE };
}

export function scopeFrom({ tenant, subject, month }: { tenant: string; subject: string; month: string }): ShredScope {
  return { ...(tenant && { tenant }), ...(subject && { subject }), ...(month && { month }) };
}
