import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { isUuid } from '../../../contract/ids';
import { EntriesStore } from './entries.store';
import { Evidence } from './evidence.service';
import type { StoredEntry } from './stored-batch';

/** One entry, for those who leave an entry of their own about it. */
@Injectable()
export class Finder {
  constructor(
    private readonly entries: EntriesStore,
    private readonly evidence: Evidence,
  ) {}

  /**
   * @param id of the entry, or its index
   * @throws GatewayError `not_found`, also for what the caller must not know of, once it is on record
   */
  async find(caller: Caller, id: string): Promise<StoredEntry> {
    const found = isUuid(id)
      ? await this.entries.byId(id.toLowerCase())
      : /^\d{1,15}$/.test(id)
        ? await this.entries.byIndex(Number(id))
        : undefined;
    return found && mayKnow(caller, found) ? found : this.evidence.missed(caller, 'entry');
  }
}

/** An auditor what concerns its tenant, everybody else what was done with its own key. */
function mayKnow({ root, tenantId, keyId, roles }: Caller, { header }: StoredEntry): boolean {
  if (!roles.has('auditor')) return header.actor === keyId;
  return root || header.tenant === tenantId;
}
