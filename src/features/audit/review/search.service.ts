import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { type AskedFilter, recordedFilter } from './asked-filter';
import { ContentState, type Content } from './content-state.service';
import { EntriesStore } from './entries.store';
import { Evidence } from './evidence.service';
import { Finder } from './finder.service';
import { type InclusionProof, Proofs } from './proofs.service';
import { Persons } from './persons.service';
import type { StoredEntry } from './stored-batch';
import { visibleTo } from './whose';

export interface EntryDetail {
  readonly entry: StoredEntry;
  readonly content: Content;
  readonly proof: InclusionProof | null;
}

/** A request id is chosen by callers and can repeat: what is shown of one has a bound. */
const ENTRIES_OF_REQUEST = 200;

/** Finding entries. Whoever looks has left an entry before there is an answer. */
@Injectable()
export class Search {
  constructor(
    private readonly entries: EntriesStore,
    private readonly finder: Finder,
    private readonly persons: Persons,
    private readonly content: ContentState,
    private readonly proofs: Proofs,
    private readonly evidence: Evidence,
  ) {}

  /** Newest first. */
  async list(
    caller: Caller,
    asked: AskedFilter,
    { limit, before }: { readonly limit: number; readonly before?: number | undefined },
  ): Promise<{ readonly items: readonly StoredEntry[]; readonly next: number | null }> {
    const filter = await this.persons.filter(caller, asked);
    const found = await this.entries.newest(filter, { limit: limit + 1, before });
    const items = found.slice(0, limit);
    await this.evidence.record(caller, 'audit.query', {
      tenant: filter.tenant,
      metadata: { filter: recordedFilter(filter), count: items.length, before },
    });
    return { items, next: found.length > limit ? (items.at(-1)?.index ?? null) : null };
  }

  /** @param id of the entry, or its index */
  async show(caller: Caller, id: string): Promise<EntryDetail> {
    const entry = await this.finder.find(caller, id);
    const detail = await this.detail(entry);
    await this.evidence.record(caller, 'audit.read', {
      tenant: entry.header.tenant,
      metadata: { entry: entry.header.entry_id, index: entry.index },
    });
    return detail;
  }

  /** Everything about the calls of one request id, in the order of the log. */
  async request(caller: Caller, requestId: string): Promise<EntryDetail[]> {
    const filter = { tenant: visibleTo(caller), requestId };
    // none was ever recorded, and the database takes no such text
    if (requestId.includes('\0')) throw noSuchCall();
    const found = await this.entries.newest(filter, { limit: ENTRIES_OF_REQUEST });
    const calls = found.filter(({ header }) => header.event.startsWith('llm.')).toReversed();
    const details = await Promise.all(calls.map((entry) => this.detail(entry)));
    await this.evidence.record(caller, 'audit.read', {
      tenant: calls[0]?.header.tenant,
      metadata: { request_id: requestId.toWellFormed().slice(0, 200), count: calls.length },
    });
    if (!details.length) throw noSuchCall();
    return details;
  }

  private async detail(entry: StoredEntry): Promise<EntryDetail> {
    const [content, proof] = await Promise.all([this.content.of(entry), this.proofs.of(entry)]);
    return { entry, content, proof };
  }
}

const noSuchCall = () => new GatewayError('not_found', 'The log has no call with that request id');
