import { Injectable } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { AuditLog, type CallView, RecordedCalls } from '../../features/audit';
import { type Feedback, FeedbackStore } from '../../features/feedback';
import { Preview } from '../../features/sanitization';
import { Tenants } from '../../features/tenancy';
import { auditTerms } from '../../pipeline';
import { Config } from '../../platform/config/config';
import { isRequestId } from '../door/caller-intent';
import type { NewFeedback } from './feedback-schema';

const GOVERNING = ['operator', 'admin'] as const;

/** Takes what callers think of answers: the number into a table, the words into the audit log, under the key of whom the call was about. */
@Injectable()
export class GivenFeedback {
  constructor(
    private readonly config: Config,
    private readonly calls: RecordedCalls,
    private readonly tenants: Tenants,
    private readonly preview: Preview,
    private readonly log: AuditLog,
    private readonly store: FeedbackStore,
  ) {}

  /**
   * Takes the place of what was said of the call before; the entries stay.
   * @throws GatewayError `not_found`; `forbidden` for another key's call; `conflict` for a call without an answer;
   *   `audit_unavailable` before anything is kept
   */
  async give(caller: Caller, requestId: string, given: NewFeedback): Promise<Feedback> {
    const call = isRequestId(requestId) ? await this.calls.find(caller, requestId) : undefined;
    if (!call) throw new GatewayError('not_found', 'There is no call with that request id');
    if (call.key !== caller.keyId && !GOVERNING.some((role) => caller.roles.has(role)))
      throw new GatewayError('forbidden', 'Another key made this call: to judge it, a key needs the role operator');
    if (call.status !== 'answered') throw new GatewayError('conflict', `The call has no answer: it is ${call.status}`);
    const tenant = await this.tenants.find(caller, call.tenant);
    const words = await this.kept(tenant, given);
    const score = Math.round(given.score * 1_000);
    const givenAt = new Date();
    const [entry] = await this.log.append({
      facts: {
        event: 'feedback.recorded',
        tenant: call.tenant,
        actor: caller.keyId,
        request_id: call.request_id,
        ...(call.user_ref !== null && { user_id: call.user_ref }),
        metadata: {
          target: call.id,
          score_permille: score,
          comment: 'comment' in words,
          expected: 'expected' in words,
        },
      },
      ...(call.user_ref !== null && { subject: call.user_ref }),
      ...(Object.keys(words).length && { payload: { feedback: words } }),
      at: givenAt.getTime(),
    });
    const feedback: Feedback = {
      ...about(call),
      entryId: entry?.entryId ?? '',
      score: score / 1_000,
      hasComment: words.comment !== undefined,
      hasExpected: words.expected !== undefined,
      givenBy: caller.keyId,
      givenAt,
    };
    await this.store.put(feedback);
    return feedback;
  }

  /** What of it the tenant lets be kept, in the form that it lets be kept. */
  private async kept(
    tenant: { readonly id: string; readonly name: string },
    { comment, expected }: NewFeedback,
  ): Promise<{ readonly comment?: string; readonly expected?: string }> {
    const { payload } = auditTerms(this.config.audit, tenant);
    if (payload === 'none') return {};
    const form = async (text: string) =>
      payload === 'original' ? text : (await this.preview.show(tenant, { text, untrusted: false })).text;
    return {
      ...(comment !== undefined && { comment: await form(comment) }),
      ...(expected !== undefined && { expected: await form(expected) }),
    };
  }
}

function about(call: CallView) {
  return {
    tenantId: call.tenant,
    callId: call.id,
    // where nothing was recorded before it left, its end holds the prompt too
    promptEntryId: call.audit.request ?? call.audit.response ?? undefined,
    requestId: call.request_id,
    calledAt: new Date(call.created_at),
    keyId: call.key,
    provider: call.provider ?? '',
    model: call.provider_model ?? call.model ?? '',
    alias: call.model ?? '',
    userRef: call.user_ref ?? '',
    sessionRef: call.session_ref ?? '',
    tags: Array.isArray(call.tags) ? (call.tags as readonly string[]) : [],
  };
}
