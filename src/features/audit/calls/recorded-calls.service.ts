import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { Config } from '../../../platform/config/config';
import { AuditLog } from '../audit-log';
import type { Header } from '../format/header';
import { EntryReader } from '../log/entry-reader.store';
import { Proofs } from '../review/proofs.service';
import { byCall, type CallView, callView } from './call-view';
import { recordReading, tenantRead, UNKNOWN_AFTER_MS } from './reading-terms';

/** Explains calls from what the log has of them. */
@Injectable()
export class RecordedCalls {
  constructor(
    private readonly config: Config,
    private readonly reader: EntryReader,
    private readonly proofs: Proofs,
    private readonly log: AuditLog,
  ) {}

  /**
   * The newest call of that request id that the caller's key made, or else the newest that the caller may see. Who governs leaves an entry before the answer; who asks for
   * calls of its own does not.
   * @throws GatewayError `audit_unavailable`, also for one whose headers are not those that were signed
   */
  async find(caller: Caller, requestId: string): Promise<CallView | undefined> {
    const tenant = tenantRead(caller);
    await recordReading(this.log, caller, { request_id: requestId, view: 'call' });
    const entries = await this.reader.entriesOf(requestId, tenant);
    const read = entries.map(({ index, header: text }) => ({ index, text, header: JSON.parse(text) as Header }));
    const calls = byCall(read);
    const call = calls.findLast(([first]) => first?.header.actor === caller.keyId) ?? calls.at(-1);
    if (!call) return undefined;
    await this.proofs.ofAll(call);
    const headers = call.map(({ header }) => header);
    return callView(headers, this.config.inForce.longestCallMs + UNKNOWN_AFTER_MS);
  }
}
