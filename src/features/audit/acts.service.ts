import { Injectable } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { AuditLog, type PlainObject, type Receipt } from './audit-log';
import type { AuditEvent } from './format/header';

/** Something that an administrator does. */
export interface Act {
  readonly event: AuditEvent;
  /** Whom it concerns; the actor's own tenant when absent. */
  readonly tenant?: string | undefined;
  /** Ids and settings; never names of people. */
  readonly metadata: PlainObject;
  /** The rest: encrypted. */
  readonly payload?: object;
}

/** Acts of administrators are on the record before they happen. */
@Injectable()
export class Acts {
  constructor(private readonly log: AuditLog) {}

  /**
   * When the act then fails, a second entry says so.
   * @param work is told where the act stands in the log
   * @throws GatewayError `audit_unavailable` before anything happened; what `work` throws
   */
  async perform<T>(
    actor: Caller,
    { event, tenant, metadata, payload }: Act,
    work: (entry: Receipt) => Promise<T>,
  ): Promise<T> {
    const facts = { event, tenant: tenant ?? actor.tenantId, actor: actor.keyId };
    const [entry] = await this.log.append({
      facts: { ...facts, outcome: 'intended', metadata },
      ...(payload && { payload }),
    });
    if (!entry) throw new GatewayError('audit_unavailable', 'Nothing was recorded');
    try {
      return await work(entry);
    } catch (error) {
      const { code } = GatewayError.from(error);
      await this.log.append({
        facts: { ...facts, outcome: 'failed', metadata: { error_code: code }, parent: entry.entryId },
      });
      throw error;
    }
  }
}
