import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { isUuid } from '../../../contract/ids';
import { Config } from '../../../platform/config/config';
import { Subjects } from '../keys/data-keys';
import { KeptContents } from '../keys/kept-contents';
import { Shredder, type ShredReport } from '../keys/shredder';
import { type Approval, type Ask, statusOf } from './approval';
import { Approvals } from './approvals.service';
import { Holds } from './holds.service';
import { Persons } from './persons.service';
import { requireRoot, tenantAsked } from './whose';

export interface ErasureRequest {
  /** The legal ground: it stands in the log in plain. */
  readonly basis: string;
  readonly ticket?: string | undefined;
}

/** Makes content unreadable for good, when nothing holds it and two people agree. The shredder leaves the entries. */
@Injectable()
export class Erasure {
  constructor(
    private readonly config: Config,
    private readonly shredder: Shredder,
    private readonly approvals: Approvals,
    private readonly holds: Holds,
    private readonly persons: Persons,
    private readonly subjects: Subjects,
    private readonly contents: KeptContents,
  ) {}

  async person(
    caller: Caller,
    user: string,
    { tenant: asked, ...request }: ErasureRequest & { readonly tenant?: string | undefined },
  ): Promise<ShredReport | Approval> {
    const tenant = tenantAsked(caller, asked ?? caller.tenantId) as string;
    const subject = await this.subjectOf(tenant, user);
    await this.holds.refuseIfHeld({ tenant, subject });
    return this.agreed(
      caller,
      { kind: 'shred_subject', tenant, targets: [subject], words: words(request) },
      (approvers) => this.shredder.shred({ tenant, subject }, request.basis, approvers, user),
    );
  }

  async tenant(caller: Caller, tenant: string, request: ErasureRequest): Promise<ShredReport | Approval> {
    requireRoot(caller, 'erase a whole tenant');
    if (!isUuid(tenant)) throw new GatewayError('not_found', 'There is no such tenant', { param: 'tenant' });
    await this.holds.refuseIfHeld({ tenant });
    return this.agreed(
      caller,
      { kind: 'shred_tenant', tenant, targets: [tenant], words: words(request) },
      (approvers) => this.shredder.shred({ tenant }, request.basis, approvers),
    );
  }

  /** Of somebody whom the log does not know there may be content all the same: a job that waits, a file. */
  private async subjectOf(tenantId: string, user: string): Promise<string> {
    const isKnown = (await this.subjects.find(tenantId, user)) !== undefined;
    if (!isKnown && (await this.contents.has({ tenantId, user }))) return this.subjects.reference(tenantId, user);
    return this.persons.known(tenantId, user);
  }

  private async agreed(
    caller: Caller,
    ask: Ask,
    work: (approvers: readonly string[]) => Promise<ShredReport>,
  ): Promise<ShredReport | Approval> {
    if (!this.config.audit.approvals.shred) return work([caller.keyId]);
    const approval = await this.approvals.obtain(caller, ask);
    if (statusOf(approval, Date.now()) !== 'approved' || approval.decidedBy === null) return approval;
    await this.approvals.spend(approval);
    return work([caller.keyId, approval.decidedBy]);
  }
}

const words = ({ basis, ticket }: ErasureRequest) => ({ reason: basis, ...(ticket !== undefined && { ticket }) });
