import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { isUuid, uuidv7 } from '../../../contract/ids';
import type { PlainObject } from '../audit-log';
import { EntriesStore } from './entries.store';
import { Evidence } from './evidence.service';
import { type Hold, type HoldScope, threatened, type Threat } from './hold';
import { HoldsStore } from './holds.store';
import { type Listed, type ListRequest, listed } from './page-request';
import { visibleTo } from './whose';

/** Legal holds: while one stands, nothing under it is dropped or shredded. */
@Injectable()
export class Holds {
  constructor(
    private readonly store: HoldsStore,
    private readonly entries: EntriesStore,
    private readonly evidence: Evidence,
  ) {}

  /** Stands before its entry is written, and goes on standing when nobody knows whether it was. */
  async place(caller: Caller, scope: HoldScope, reason: string): Promise<Hold> {
    const id = uuidv7();
    const hold = await this.store.place(id, caller.keyId, scope, { reason });
    const { entryId } = await this.evidence.record(caller, 'hold.place', {
      tenant: scope.tenant,
      subject: scope.subject,
      metadata: { hold: id, ...recorded(scope) },
      payload: { reason },
    });
    await this.store.note(id, entryId);
    return { ...hold, entryId };
  }

  async list(caller: Caller, page: ListRequest & { readonly open: boolean }): Promise<Listed<Hold>> {
    const found = listed(await this.store.list(visibleTo(caller), page, page.open), page.limit);
    await this.evidence.record(caller, 'audit.query', { metadata: { what: 'holds', count: found.items.length } });
    return found;
  }

  async find(caller: Caller, id: string): Promise<Hold> {
    const hold = isUuid(id) ? await this.store.find(id, visibleTo(caller)) : undefined;
    return hold ?? this.evidence.missed(caller, 'hold');
  }

  /** On record before it is lifted. */
  async release(caller: Caller, id: string): Promise<void> {
    const hold = await this.find(caller, id);
    if (hold.releasedAt) return;
    await this.evidence.record(caller, 'hold.release', {
      tenant: hold.scope.tenant,
      subject: hold.scope.subject,
      metadata: { hold: id },
      parent: hold.entryId ?? (await this.placed(id)),
    });
    await this.store.release(id, caller.keyId);
  }

  /** The entry of a hold whose placing was interrupted; the database looks for its release by it. */
  private async placed(id: string): Promise<string | undefined> {
    const found = await this.entries.newest({ event: 'hold.place' }, { limit: 1_000 });
    return found.find(({ header }) => header.metadata?.['hold'] === id)?.header.entry_id;
  }

  /** The holds that forbid it. */
  async against(threat: Threat): Promise<string[]> {
    const holds = await this.store.standing();
    return holds.filter(({ scope }) => threatened(scope, threat)).map(({ id }) => id);
  }

  /** @throws GatewayError `conflict` that names the hold */
  async refuseIfHeld(threat: Threat): Promise<void> {
    const [hold] = await this.against(threat);
    if (hold !== undefined)
      throw new GatewayError('conflict', `A legal hold forbids it: ${hold}`, { details: { hold } });
  }
}

function recorded({ requestIds, from, to }: HoldScope): PlainObject {
  return { request_ids: requestIds, from: from?.toISOString(), to: to?.toISOString() };
}
