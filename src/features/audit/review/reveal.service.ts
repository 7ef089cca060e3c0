import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { uuidv7 } from '../../../contract/ids';
import { Config } from '../../../platform/config/config';
import { EventBus } from '../../../platform/events/event-bus';
import { type Approval, statusOf } from './approval';
import { Approvals } from './approvals.service';
import { Evidence } from './evidence.service';
import { Finder } from './finder.service';
import { OpenedContent } from './opened-content.service';
import { ReviewsStore } from './reviews.store';
import type { StoredEntry } from './stored-batch';

export interface RevealRequest {
  readonly reason: string;
  readonly ticket?: string | undefined;
  /** Other entries to ask the same approval for. */
  readonly entries?: readonly string[] | undefined;
}

export interface Revelation {
  readonly entry: StoredEntry;
  readonly content: object;
  /** The entry that tells of it. */
  readonly recordedAs: string;
  readonly approval?: string;
  readonly review?: string;
}

/** Content is shown to two people's agreement, or to one who breaks the glass; in the log first either way. */
@Injectable()
export class Reveal {
  constructor(
    private readonly config: Config,
    private readonly finder: Finder,
    private readonly opened: OpenedContent,
    private readonly approvals: Approvals,
    private readonly reviews: ReviewsStore,
    private readonly evidence: Evidence,
    private readonly events: EventBus,
  ) {}

  /** @returns the content, or the approval that somebody must give first */
  async ask(caller: Caller, id: string, request: RevealRequest): Promise<Revelation | Approval> {
    const entry = await this.finder.find(caller, id);
    await this.requireContent(caller, entry);
    const approval = this.config.audit.approvals.reveal ? await this.agreed(caller, entry, request) : undefined;
    if (approval && statusOf(approval, Date.now()) !== 'approved') return approval;
    const content = await this.opened.of(entry);
    const { entryId } = await this.evidence.record(caller, 'audit.reveal', {
      ...about(entry),
      metadata: { entry: entry.header.entry_id, index: entry.index, approval: approval?.id },
      payload: words(request),
    });
    return { entry, content, recordedAs: entryId, ...(approval && { approval: approval.id }) };
  }

  /** At once, for somebody who is both administrator and auditor. A warning goes out, and a review is owed. */
  async breakGlass(caller: Caller, id: string, request: RevealRequest): Promise<Revelation> {
    const lacking = (['admin', 'auditor'] as const).find((role) => !caller.roles.has(role));
    if (lacking) throw new GatewayError('forbidden', `To break the glass an API key needs the role ${lacking} too`);
    const entry = await this.finder.find(caller, id);
    await this.requireContent(caller, entry);
    const content = await this.opened.of(entry);
    const review = uuidv7();
    const { entryId } = await this.evidence.record(caller, 'audit.break_glass', {
      ...about(entry),
      metadata: { entry: entry.header.entry_id, index: entry.index, review },
      payload: words(request),
      flags: ['audit.break_glass'],
    });
    const tenant = entry.header.tenant ?? caller.tenantId;
    await this.reviews.open(review, tenant, caller.keyId, {
      entry: entry.header.entry_id,
      breakGlassEntry: entryId,
      words: words(request),
    });
    this.events.emit('review.glass_broken', { tenantId: tenant, keyId: caller.keyId, entryId, reviewId: review });
    return { entry, content, recordedAs: entryId, review };
  }

  private async agreed(caller: Caller, entry: StoredEntry, request: RevealRequest): Promise<Approval> {
    const asked = { kind: 'reveal', targets: [entry.header.entry_id], words: words(request) } as const;
    const standing = await this.approvals.standing(caller, asked);
    if (standing) return standing;
    const others: StoredEntry[] = [];
    // one after the other: the first that is not there ends it
    for (const id of request.entries ?? []) others.push(await this.finder.find(caller, id));
    const strange = others.find(({ header }) => header.tenant !== entry.header.tenant);
    if (strange) throw new GatewayError('invalid_request', 'entries: must be of one tenant', { param: 'entries' });
    return this.approvals.ask(caller, {
      kind: 'reveal',
      tenant: entry.header.tenant ?? caller.tenantId,
      targets: [...new Set([entry, ...others].map(({ header }) => header.entry_id))],
      words: words(request),
    });
  }

  /** What was learnt by asking is on record too. @throws GatewayError `not_found`, with 410 for what was erased */
  private async requireContent(caller: Caller, entry: StoredEntry): Promise<void> {
    const state = await this.opened.state(entry);
    if (state === 'kept') return;
    await this.evidence.record(caller, 'audit.read', {
      ...about(entry),
      metadata: { entry: entry.header.entry_id, index: entry.index, content: state },
    });
    throw state === 'erased'
      ? new GatewayError('not_found', 'The content of this entry was erased; the entry and its proofs stand', {
          status: 410,
          details: { content: state },
        })
      : new GatewayError(
          'not_found',
          state === 'lost'
            ? 'The key database does not know the key of this entry'
            : 'No content was kept with this entry',
          { details: { content: state } },
        );
  }
}

const about = ({ header }: StoredEntry) => ({
  tenant: header.tenant,
  subject: header.user_id,
  requestId: header.request_id,
});
const words = ({ reason, ticket }: RevealRequest) => ({ reason, ...(ticket !== undefined && { ticket }) });
