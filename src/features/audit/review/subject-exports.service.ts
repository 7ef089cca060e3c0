import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { Config } from '../../../platform/config/config';
import { type Approval, statusOf } from './approval';
import { Approvals } from './approvals.service';
import { EntryReader } from '../log/entry-reader.store';
import { EntriesStore } from './entries.store';
import { OpenedContent } from './opened-content.service';
import { Persons } from './persons.service';
import { type RecordedFile, RecordedFiles, type Tally } from './recorded-file.service';
import type { StoredEntry } from './stored-batch';
import { tenantAsked } from './whose';

/** Everything that the log has of one person when it is asked for, opened: what a person may ask for. */
@Injectable()
export class SubjectExports {
  constructor(
    private readonly config: Config,
    private readonly persons: Persons,
    private readonly approvals: Approvals,
    private readonly entries: EntriesStore,
    private readonly reader: EntryReader,
    private readonly opened: OpenedContent,
    private readonly files: RecordedFiles,
  ) {}

  async open(
    caller: Caller,
    user: string,
    {
      tenant: asked,
      reason,
      ticket,
    }: { readonly tenant?: string | undefined; readonly reason: string; readonly ticket?: string | undefined },
  ): Promise<RecordedFile | Approval> {
    const tenant = tenantAsked(caller, asked ?? caller.tenantId) as string;
    const subject = await this.persons.known(tenant, user);
    const words = { reason, ...(ticket !== undefined && { ticket }) };
    const size = await this.reader.size();
    const approval = this.config.audit.approvals.reveal
      ? await this.approvals.obtain(caller, {
          kind: 'subject_export',
          tenant,
          targets: [subject],
          words: { ...words, logSize: size },
        })
      : undefined;
    if (approval && statusOf(approval, Date.now()) !== 'approved') return approval;
    // who agreed agreed to what there was when it was asked for
    const logSize = approval?.words.logSize ?? size;
    return this.files.open(
      caller,
      {
        format: 'subject',
        tenant,
        subject,
        metadata: { approval: approval?.id, log_size: logSize },
        words,
        spend: approval && (() => this.approvals.spend(approval)),
      },
      (tally) => this.lines(tally, tenant, subject, logSize),
    );
  }

  private async *lines(tally: Tally, tenant: string, subject: string, logSize: number): AsyncGenerator<Buffer> {
    for await (const entry of this.entries.few({ tenant, userId: subject }, logSize - 1)) {
      const line = await this.line(entry);
      tally.entries++;
      yield Buffer.from(`${JSON.stringify(line)}\n`);
    }
  }

  private async line(entry: StoredEntry): Promise<object> {
    const { index, header } = entry;
    const state = await this.opened.state(entry);
    return { index, header, content_state: state, content: state === 'kept' ? await this.opened.of(entry) : null };
  }
}
