import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { isUuid } from '../../../contract/ids';
import { EntriesStore } from './entries.store';
import type { StoredEntry } from './stored-batch';

/** One entry, for those who leave an entry of their own about it. */
@Injectable()
export class Finder {
  constructor(private readonly entries: EntriesStore) {}

  /**
   * @param id of the entry, or its index
   * @throws GatewayError `not_found`, also for what the caller must not know of
   */
  async find(caller: Caller, id: string): Promise<StoredEntry> {
    const found = isUuid(id)
      ? await this.entries.byId(id.toLowerCase())
      : /^\d{1,15}$/.test(id)
        ? await this.entries.byIndex(Number(id))
        : undefined;
    if (!found || !mayKnow(caller, found)) throw new GatewayError('not_found', 'There is no such entry');
    return found;
  }
}

/** An auditor what concerns its tenant, everybody else what was done with its own key. */
function mayKnow({ root, tenantId, keyId, roles }: Caller, { header }: StoredEntry): boolean {
  if (!roles.has('auditor')) return header.actor === keyId;
  return root || header.tenant === tenantId;
}
