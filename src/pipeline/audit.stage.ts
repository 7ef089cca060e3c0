import { Injectable } from '@nestjs/common';
import type { AuditedCall, Call, CallFacts, Handler } from '../contract/call';
import { ERRORS, GatewayError } from '../contract/errors';
import type { CallFinished } from '../contract/events';
import type { FinishReason, Reply, ReplyEvent } from '../contract/reply';
import { settled, type Outcome } from '../contract/settle';
import { Stage } from '../contract/stage';
import { RequestRecords, type CloseRow } from '../features/records';
import { EventBus } from '../platform/events/event-bus';
import { KeyedHash } from '../platform/secrets/keyed-hash';
import { measurePrompt } from './measure-prompt';
import { recordedTries, unknownModels } from './tries';

/** A body can name any number of fields. */
const DROPPED_KEPT = 100;

/** What is learnt of a call while it runs. */
interface Course {
  readonly facts: Partial<CallFacts>;
  finish?: FinishReason;
  firstTokenMs?: number;
  upstreamMs?: number;
}

/** Nothing happens unrecorded: a record opens before the call goes on, and closes before its last word is handed out. */
@Injectable()
export class AuditStage extends Stage<Call, AuditedCall> {
  constructor(
    private readonly records: RequestRecords,
    private readonly hash: KeyedHash,
    private readonly events: EventBus,
  ) {
    super();
  }

  override wrap(next: Handler<AuditedCall>): Handler<Call> {
    return async (call) => {
      const size = measurePrompt(call.request);
      await this.open(call, size.characters);
      const course: Course = { facts: {} };
      const note: AuditedCall['record']['note'] = (fact, value) => void (course.facts[fact] = value);
      let reply: Reply;
      try {
        reply = await next({ ...call, size, record: { note } });
      } catch (error) {
        await this.close(call, course, { kind: 'failed', error });
        throw error;
      }
      const repliedAt = performance.now();
      return settled(
        reply,
        (outcome) => {
          course.upstreamMs = (reply.waitedMs ?? 0) + Math.max(0, performance.now() - repliedAt);
          return this.close(call, course, outcome);
        },
        (event) => observe(event, course, call),
      );
    };
  }

  private async open(call: Call, promptCharacters: number): Promise<void> {
    const { tenantId, keyId } = call.caller;
    const ref = (purpose: string, text: string | undefined) =>
      text === undefined ? null : this.hash.pseudonym(purpose, tenantId, text);
    await this.records.open({
      id: call.id,
      createdAt: new Date(call.receivedAt),
      requestId: call.requestId,
      tenantId,
      keyId,
      userRef: ref('user', call.user),
      sessionRef: ref('session', call.session),
      operation: call.request.operation,
      dialect: call.wire.dialect,
      stream: call.request.stream,
      promptHash: this.hash.digest('prompt', tenantId, promptText(call)),
      promptCharacters,
    });
  }

  private async close(call: Call, course: Course, outcome: Outcome): Promise<void> {
    const finished = summary(call, course, outcome);
    try {
      await this.records.close(rowOf(call, course, finished));
    } finally {
      this.events.emit('call.finished', finished);
    }
  }
}

/** The part of the body that a model reads: what the keyed hash of a prompt covers. */
function promptText({ wire: { body } }: Call): string {
  return JSON.stringify([
    body['messages'] ?? body['input'] ?? null,
    body['system'] ?? body['instructions'] ?? null,
    body['tools'] ?? null,
  ]);
}

function observe(event: ReplyEvent, course: Course, call: Call): void {
  if (event.type === 'finish') course.finish ??= event.reason;
  else if (event.type !== 'start' && event.type !== 'end') course.firstTokenMs ??= performance.now() - call.startedAt;
}

function summary(call: Call, { facts, finish, firstTokenMs, upstreamMs }: Course, outcome: Outcome): CallFinished {
  const error = outcome.kind === 'failed' ? GatewayError.from(outcome.error) : undefined;
  const named = error?.code !== 'model_not_found';
  const unknown = unknownModels(facts.tried);
  return {
    id: call.id,
    requestId: call.requestId,
    tenantId: call.caller.tenantId,
    keyId: call.caller.keyId,
    dialect: call.wire.dialect,
    operation: call.request.operation,
    stream: call.request.stream,
    outcome: error ? statusOf(error) : outcome.kind,
    model: named && !unknown.some((name) => facts.model?.endsWith(name)) ? facts.model : undefined,
    providerModel: named && !unknown.includes(facts.providerModel ?? '') ? facts.providerModel : undefined,
    provider: facts.provider,
    code: error?.code,
    finishReason: finish,
    // what a repeated answer cost was counted when it was given
    usage: outcome.kind === 'answered' && !facts.repeated ? outcome.usage : undefined,
    attempts: error?.facts.attempts ?? facts.attempts ?? 0,
    degraded: facts.degraded,
    latencyMs: performance.now() - call.startedAt,
    firstTokenMs,
    upstreamMs,
  };
}

function statusOf(error: GatewayError): CallFinished['outcome'] {
  if (error.code === 'client_closed') return 'abandoned';
  return ERRORS[error.code].status < 500 ? 'refused' : 'failed';
}

function rowOf(call: Call, { facts }: Course, finished: CallFinished): CloseRow {
  const ms = (value: number | undefined) => (value === undefined ? null : Math.round(value));
  return {
    id: call.id,
    createdAt: new Date(call.receivedAt),
    status: finished.outcome,
    model: finished.model ?? null,
    provider: finished.provider ?? null,
    providerModel: finished.providerModel ?? null,
    providerRequestId: facts.providerRequestId ?? null,
    errorCode: finished.code ?? null,
    finishReason: finished.finishReason ?? null,
    usage: finished.usage ?? null,
    costMicros: null,
    attempts: finished.attempts,
    repeated: facts.repeated ?? false,
    dropped: (facts.dropped ?? []).slice(0, DROPPED_KEPT),
    degraded: finished.degraded ?? null,
    cache: facts.cache ?? null,
    tried: recordedTries(facts.tried),
    firstTokenMs: ms(finished.firstTokenMs),
    upstreamMs: ms(finished.upstreamMs),
    latencyMs: Math.round(finished.latencyMs),
    closedAt: new Date(),
  };
}
