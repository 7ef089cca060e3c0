import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { Config } from '../../../platform/config/config';
import { KeyedHash } from '../../../platform/secrets/keyed-hash';
import { AuditLog } from '../audit-log';
import type { Header } from '../format/header';
import { EntryReader } from '../log/entry-reader.store';
import { callsIn } from './call-view';
import { recordReading, UNKNOWN_AFTER_MS } from './reading-terms';
import { type TurnView, turnView } from './turn-view';

export interface TurnPage {
  readonly session_ref: string;
  readonly turns: readonly TurnView[];
  /** Where the next page begins; undefined when this was the last one. */
  readonly next: number | undefined;
}

/** The calls of a conversation, from what the log has of them. */
@Injectable()
export class RecordedSessions {
  private readonly hash: KeyedHash;

  constructor(
    private readonly config: Config,
    private readonly reader: EntryReader,
    private readonly log: AuditLog,
  ) {
    this.hash = new KeyedHash(config.masterKey);
  }

  /**
   * In the order of the log. Who governs leaves an entry before the answer; who asks for calls of its own tenant does not.
   * @param session as the application named it, in the tenant
   * @param from `next` of the page before
   * @throws GatewayError `audit_unavailable`
   */
  async turns(caller: Caller, tenant: string, session: string, from: number, limit: number): Promise<TurnPage> {
    const session_ref = this.hash.pseudonym('session', tenant, session);
    await recordReading(this.log, caller, { session: session_ref, view: 'session' });
    const { entries, next } = await this.reader.callsOf(tenant, session_ref, from, limit);
    const headers = entries.map(({ header }) => JSON.parse(header) as Header);
    const calls = callsIn(headers, this.config.inForce.longestCallMs + UNKNOWN_AFTER_MS);
    return { session_ref, turns: calls.map(turnView), next };
  }
}
