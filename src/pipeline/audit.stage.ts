import { Injectable } from '@nestjs/common';
import type { AuditedCall, Call, Handler } from '../contract/call';
import { ERRORS, GatewayError } from '../contract/errors';
import type { CallFinished } from '../contract/events';
import { CallPosted, NotOfBatch } from '../contract/in-batch';
import type { FinishReason, Reply, ReplyEvent } from '../contract/reply';
import { settled, type Outcome } from '../contract/settle';
import { Stage } from '../contract/stage';
import type { Picos } from '../contract/money';
import { AuditLog, policyHashes, Subjects } from '../features/audit';
import { PriceBook } from '../features/cost';
import { ModelTable } from '../features/models';
import { SessionTurns } from '../features/sessions';
import { Config } from '../platform/config/config';
import { EventBus } from '../platform/events/event-bus';
import { KeyedHash } from '../platform/secrets/keyed-hash';
import { type AuditTerms, auditTerms } from './audit-terms';
import { CallAccount, type Identity } from './call-account';
import { costOf, usageOf } from './call-cost';
import { EstimatedUsage } from './estimated-usage';
import { KnownModels } from './known-models';
import { measurePrompt } from './measure-prompt';
import { sealedReply } from './sealed-reply';
import { tenantOf } from './tenant-of';
import { traceFacts } from './trace-facts';
import { unknownModels } from './tries';

/** What is learnt of an answer while it passes. */
interface Course {
  finish?: FinishReason;
  firstTokenMs?: number;
  upstreamMs?: number;
  cost?: Picos;
  readonly used: EstimatedUsage;
}

/** Nothing happens unrecorded: how a call ended is durable before its last word is handed out. */
@Injectable()
export class AuditStage extends Stage<Call, AuditedCall> {
  private readonly models: KnownModels;
  private policy: Identity['policy'];

  constructor(
    private readonly config: Config,
    private readonly log: AuditLog,
    private readonly subjects: Subjects,
    private readonly hash: KeyedHash,
    private readonly events: EventBus,
    private readonly prices: PriceBook,
    private readonly turns: SessionTurns,
    models: ModelTable,
  ) {
    super();
    this.models = new KnownModels(models);
    this.policy = policyHashes(config);
    config.inForce.onChange(() => (this.policy = policyHashes(config)));
  }

  override wrap(next: Handler<AuditedCall>): Handler<Call> {
    return async (call) => {
      const size = measurePrompt(call.request);
      const terms = auditTerms(this.config.audit, tenantOf(call));
      const identity = await this.identify(call, terms);
      const { sealedBytes } = this.config.audit;
      const account = new CallAccount(this.log, this.models, call, size, terms, identity, sealedBytes);
      const course: Course = { used: new EstimatedUsage() };
      let reply: Reply;
      try {
        reply = await next({ ...call, size, record: account });
      } catch (error) {
        // its end is told when its answer comes
        if (error instanceof NotOfBatch) throw error;
        if (error instanceof CallPosted) throw new CallPosted({ ...error.posted, ...turnOf(identity) });
        await this.close(call, account, course, { kind: 'failed', error });
        throw error;
      }
      const repliedAt = performance.now();
      const recorded = settled(
        { ...reply, entryId: account.entryId, cost: () => course.cost },
        (outcome) => {
          course.upstreamMs = (reply.waitedMs ?? 0) + Math.max(0, performance.now() - repliedAt);
          return this.close(call, account, course, outcome);
        },
        (event) => {
          account.observe(event);
          if (event.type === 'start') account.note('reportedModel', event.model);
          observe(event, course, call);
        },
      );
      return terms.mode === 'sealed' ? sealedReply(recorded, sealedBytes) : recorded;
    };
  }

  /** @throws GatewayError `audit_unavailable` when the person cannot be named */
  private async identify(call: Call, { mode }: AuditTerms): Promise<Identity> {
    const { tenantId } = call.caller;
    const { user, inBatch } = call;
    // most calls name nobody and nothing
    if (user === undefined && call.session === undefined && inBatch === undefined) return { policy: this.policy };
    const session = call.session === undefined ? undefined : this.hash.pseudonym('session', tenantId, call.session);
    const [person, turn] = await Promise.all([
      user === undefined ? undefined : this.reference(tenantId, user, mode === 'relaxed'),
      inBatch?.way === 'back'
        ? inBatch.letter.turn
        : session === undefined || isOurs(call)
          ? undefined
          : this.turns.next({ tenantId, session }),
    ]);
    return {
      policy: this.policy,
      ...(person !== undefined && { user: person }),
      ...(session !== undefined && { session }),
      ...(turn !== undefined && { turn }),
    };
  }

  private async reference(tenantId: string, user: string, optional: boolean): Promise<string> {
    try {
      return await this.subjects.reference(tenantId, user);
    } catch (cause) {
      if (optional) return 's_unknown';
      throw new GatewayError('audit_unavailable', 'The call cannot be recorded now', { retryAfter: 2, cause });
    }
  }

  private async close(call: Call, account: CallAccount, course: Course, outcome: Outcome): Promise<void> {
    const finished = this.priced(call, summary(call, account, course, outcome));
    course.cost = finished.cost;
    try {
      await account.close(finished);
    } finally {
      this.events.emit('call.finished', finished);
      call.trace?.whole.note(traceFacts(finished, account.entryId()));
      call.trace?.whole.end(finished.code);
    }
  }

  private priced(call: Call, finished: CallFinished): CallFinished {
    const cost = costOf(this.prices, call, finished, finished.usage);
    return cost === undefined ? finished : { ...finished, cost };
  }
}

const turnOf = ({ turn }: Identity) => (turn === undefined ? {} : { turn });

/** Made by the gateway on behalf of a call: no turn of the conversation. */
const isOurs = ({ wire, revalidates, shadows }: Call): boolean =>
  wire.dialect === 'internal' || revalidates === true || shadows !== undefined;

function observe(event: ReplyEvent, course: Course, call: Call): void {
  course.used.observe(event);
  if (event.type === 'finish') course.finish ??= event.reason;
  else if (event.type !== 'start' && event.type !== 'end') course.firstTokenMs ??= performance.now() - call.startedAt;
}

function summary(
  call: Call,
  { facts, identity }: CallAccount,
  { finish, firstTokenMs, upstreamMs, used }: Course,
  outcome: Outcome,
): CallFinished {
  const error = outcome.kind === 'failed' ? GatewayError.from(outcome.error) : undefined;
  const named = error?.code !== 'model_not_found';
  const unknown = unknownModels(facts.tried);
  return {
    id: call.id,
    requestId: call.requestId,
    tenantId: call.caller.tenantId,
    keyId: call.caller.keyId,
    session: identity.session,
    turn: identity.turn,
    traceId: call.trace?.traceId,
    dialect: call.wire.dialect,
    operation: call.request.operation,
    stream: call.request.stream,
    outcome: error ? statusOf(error) : outcome.kind,
    model: named && !unknown.some((name) => facts.model?.endsWith(name)) ? facts.model : undefined,
    providerModel: named && !unknown.includes(facts.providerModel ?? '') ? facts.providerModel : undefined,
    provider: facts.provider,
    code: error?.code,
    finishReason: finish,
    usage: usageOf(call, facts, outcome, used),
    attempts: error?.facts.attempts ?? facts.attempts ?? 0,
    tried: facts.tried,
    preferred: facts.preferred,
    degraded: facts.degraded,
    cache: facts.cache,
    latencyMs: performance.now() - call.startedAt,
    firstTokenMs,
    upstreamMs,
    inspection: facts.inspection,
    task: facts.task,
    shadow: call.shadows === undefined ? undefined : true,
    selection: facts.selection,
    saved: facts.saved,
  };
}

function statusOf(error: GatewayError): CallFinished['outcome'] {
  if (error.code === 'client_closed') return 'abandoned';
  return ERRORS[error.code].status < 500 ? 'refused' : 'failed';
}
