import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../../contract/canonical-json';
import type { Caller } from '../../../contract/caller';
import { isUuid } from '../../../contract/ids';
import { Config } from '../../../platform/config/config';
import { type Approval, statusOf } from './approval';
import { Approvals } from './approvals.service';
import { EntryReader } from '../log/entry-reader.store';
import type { EntryFilter } from '../log/search-sql';
import { type AskedFilter, recordedFilter } from './asked-filter';
import { Bundles } from './bundles.service';
import { EntriesStore } from './entries.store';
import { Evidence } from './evidence.service';
import { type ExportRecord, ExportsStore } from './exports.store';
import { ocsfRecord } from './ocsf';
import { type Listed, type ListRequest, listed } from './page-request';
import { Persons } from './persons.service';
import { type RecordedFile, RecordedFiles, type Tally } from './recorded-file.service';
import { visibleTo } from './whose';

export interface ExportRequest {
  readonly format: 'bundle' | 'ndjson' | 'ocsf';
  readonly filter: AskedFilter;
  readonly includePayloads: boolean;
  readonly discloseKeys: boolean;
  readonly reason?: string | undefined;
  readonly ticket?: string | undefined;
}

/** The log, or a part of it, as a file. */
@Injectable()
export class Exports {
  constructor(
    private readonly config: Config,
    private readonly persons: Persons,
    private readonly approvals: Approvals,
    private readonly entries: EntriesStore,
    private readonly reader: EntryReader,
    private readonly bundles: Bundles,
    private readonly files: RecordedFiles,
    private readonly store: ExportsStore,
    private readonly evidence: Evidence,
  ) {}

  /** @returns the approval that somebody must give first, when keys are to be disclosed */
  async open(caller: Caller, request: ExportRequest): Promise<RecordedFile | Approval> {
    const filter = await this.persons.filter(caller, request.filter);
    const approval = request.discloseKeys ? await this.agreed(caller, filter, request) : undefined;
    if (approval && statusOf(approval, Date.now()) !== 'approved') return approval;
    const { format, includePayloads, discloseKeys, reason, ticket } = request;
    const keysBelow = discloseKeys ? (approval?.words.logSize ?? (await this.reader.size())) : undefined;
    const facts = {
      format,
      tenant: filter.tenant,
      metadata: {
        filter: recordedFilter(filter),
        include_payloads: includePayloads,
        disclose_keys: discloseKeys,
        keys_below: keysBelow,
        approval: approval?.id,
      },
      spend: approval && (() => this.approvals.spend(approval)),
      words: reason === undefined ? undefined : { reason, ...(ticket !== undefined && { ticket }) },
    };
    return this.files.open(caller, facts, (tally, id) => {
      const mark = { export: id, actor: caller.keyId, tenant: filter.tenant, filter: recordedFilter(filter) };
      if (format === 'bundle')
        return this.bundles.make(filter, { payloads: includePayloads || discloseKeys, keysBelow }, mark, tally);
      return this.lines(filter, format, mark, tally);
    });
  }

  async list(caller: Caller, page: ListRequest): Promise<Listed<ExportRecord>> {
    const found = listed(await this.store.list(visibleTo(caller), page), page.limit);
    await this.evidence.record(caller, 'audit.query', { metadata: { what: 'exports', count: found.items.length } });
    return found;
  }

  async find(caller: Caller, id: string): Promise<ExportRecord> {
    const found = isUuid(id) ? await this.store.find(id, visibleTo(caller)) : undefined;
    return found ?? this.evidence.missed(caller, 'export');
  }

  /** Disclosed keys open content for whoever has the file: that takes two people, for exactly this request and what the log has of it now. */
  private async agreed(caller: Caller, filter: EntryFilter, request: ExportRequest): Promise<Approval | undefined> {
    if (!this.config.audit.approvals.reveal) return undefined;
    const exactly = { format: request.format, payloads: request.includePayloads, filter: recordedFilter(filter) };
    const target = createHash('sha256').update(canonicalJson(exactly)).digest('hex');
    return this.approvals.obtain(caller, {
      kind: 'disclose_keys',
      tenant: filter.tenant ?? caller.tenantId,
      targets: [target],
      words: {
        reason: request.reason ?? '',
        ticket: request.ticket,
        request: exactly,
        logSize: await this.reader.size(),
      },
    });
  }

  private async *lines(filter: EntryFilter, format: 'ndjson' | 'ocsf', mark: { export: string }, tally: Tally) {
    if (format === 'ndjson') yield line({ ...mark, at: new Date().toISOString() });
    const last = (await this.reader.size()) - 1;
    for await (const { index, text, header, committedAt } of this.entries.between(filter, 0, last)) {
      tally.entries++;
      if (format === 'ocsf') yield line(ocsfRecord(header, index, mark.export));
      // the header as it is signed: no parser in between
      else yield Buffer.from(`{"index":${index},"committed_at":"${committedAt.toISOString()}","header":${text}}\n`);
    }
  }
}

const line = (value: object) => Buffer.from(`${JSON.stringify(value)}\n`);
