import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../../contract/canonical-json';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { isUuid, uuidv7 } from '../../../contract/ids';
import { Config } from '../../../platform/config/config';
import { type Approval, type Ask, type AskedWords, statusOf } from './approval';
import { ApprovalsStore } from './approvals.store';
import { type Listed, type ListRequest, listed } from './page-request';
import { Evidence } from './evidence.service';
import { visibleTo } from './whose';

/** Two people: what one key asks for, another agrees to. Every step is in the log before it has an effect. */
@Injectable()
export class Approvals {
  constructor(
    private readonly config: Config,
    private readonly store: ApprovalsStore,
    private readonly evidence: Evidence,
  ) {}

  /**
   * The approval that lets the caller go on, or else the one that somebody must decide first: asked for already, or now.
   */
  async obtain(caller: Caller, ask: Ask): Promise<Approval> {
    return (await this.standing(caller, ask)) ?? (await this.ask(caller, ask));
  }

  /** What the caller asked for already, in the same words, and is undecided or still good: who agreed agreed to those. */
  async standing(caller: Caller, { kind, targets, words }: Omit<Ask, 'tenant'>): Promise<Approval | undefined> {
    const asked = said(words);
    const standing = await this.store.standing(caller.keyId, kind, targets);
    return standing.find((approval) => said(approval.words) === asked);
  }

  async ask(caller: Caller, ask: Ask): Promise<Approval> {
    const id = uuidv7();
    await this.evidence.record(caller, 'approval.request', {
      tenant: ask.tenant,
      metadata: { approval: id, kind: ask.kind, targets: ask.targets, log_size: ask.words.logSize },
      payload: ask.words,
    });
    return this.store.insert(id, caller.keyId, ask, this.config.audit.approvalHours);
  }

  /** For what may be done once. @throws GatewayError `conflict` when somebody was faster, or it ran out */
  async spend({ id }: Approval): Promise<void> {
    if (!(await this.store.use(id)))
      throw new GatewayError('conflict', 'The approval was used already, or has expired');
  }

  async list(caller: Caller, page: ListRequest & { readonly open: boolean }): Promise<Listed<Approval>> {
    const found = listed(await this.store.list(visibleTo(caller), page, page.open), page.limit);
    await this.evidence.record(caller, 'audit.query', { metadata: { what: 'approvals', count: found.items.length } });
    return found;
  }

  /** @throws GatewayError `not_found`; `forbidden` for the one who asked; `conflict` when it is decided or too late */
  async decide(caller: Caller, id: string, decision: 'approved' | 'denied', comment?: string): Promise<Approval> {
    const decided = isUuid(id)
      ? await this.store.locked(id, visibleTo(caller), async (approval, db) => {
          requireOther(caller, approval);
          await this.evidence.record(caller, decision === 'approved' ? 'approval.grant' : 'approval.deny', {
            tenant: approval.tenant,
            metadata: {
              approval: id,
              kind: approval.kind,
              targets: approval.targets,
              log_size: approval.words.logSize,
              asked_by: approval.askedBy,
            },
            ...(comment !== undefined && { payload: { comment } }),
          });
          return this.store.decide(db, approval, decision, caller.keyId, this.config.audit.approvalHours);
        })
      : undefined;
    return decided ?? this.evidence.missed(caller, 'approval');
  }
}

/** The log has grown since they asked; that there was a bound is what both must say. */
const said = ({ logSize, ...words }: AskedWords) => canonicalJson({ ...words, bounded: logSize !== undefined });

function requireOther(caller: Caller, approval: Approval): void {
  if (approval.askedBy === caller.keyId)
    throw new GatewayError('forbidden', 'A second person must decide: this key is the one that asked');
  const shred = approval.kind === 'shred_subject' || approval.kind === 'shred_tenant';
  const role = shred ? 'admin' : 'auditor';
  if (!caller.roles.has(role)) throw new GatewayError('forbidden', `To decide this an API key needs the role ${role}`);
  const status = statusOf(approval, Date.now());
  if (status !== 'pending') throw new GatewayError('conflict', `The approval is ${status}`);
}
