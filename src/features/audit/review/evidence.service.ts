import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { AuditLog, type Facts, type PlainObject, type Receipt } from '../audit-log';

export interface Deed {
  /** Whose log it was; that of the actor when absent. */
  readonly tenant?: string | undefined;
  /** Ids, counts and settings; what people wrote belongs into the payload. */
  readonly metadata: PlainObject;
  readonly payload?: object;
  readonly parent?: string | undefined;
  readonly requestId?: string | undefined;
  /** A reference to the person it is about. What people wrote outlives the person's content, so it has another key. */
  readonly subject?: string | undefined;
  readonly flags?: readonly string[];
}

/** Whoever reads or handles the log leaves an entry in it first. */
@Injectable()
export class Evidence {
  constructor(private readonly log: AuditLog) {}

  /**
   * Resolves when it is durable; only then may anything be shown or done.
   * @param actor absent: the gateway itself
   * @throws GatewayError `audit_unavailable`
   */
  async record(actor: Caller | undefined, event: Facts['event'], deed: Deed): Promise<Receipt> {
    const tenant = deed.tenant ?? actor?.tenantId;
    const [receipt] = await this.log.append({
      facts: {
        event,
        ...(tenant !== undefined && { tenant }),
        ...(actor && { actor: actor.keyId }),
        ...(deed.parent !== undefined && { parent: deed.parent }),
        ...(deed.requestId !== undefined && { request_id: deed.requestId }),
        ...(deed.subject !== undefined && { user_id: deed.subject }),
        ...(deed.flags?.length && { compliance_flags: [...deed.flags].sort() }),
        metadata: deed.metadata,
      },
      ...(deed.payload && { payload: deed.payload }),
    });
    return receipt as Receipt;
  }

  /**
   * That somebody looked for what is not there, or not for them, is on record too; not what they tried, which may be anything.
   * @throws GatewayError `not_found`; `audit_unavailable`
   */
  async missed(actor: Caller, what: string): Promise<never> {
    await this.record(actor, 'audit.query', { metadata: { what, found: false } });
    throw new GatewayError('not_found', `There is no such ${what}`);
  }
}
