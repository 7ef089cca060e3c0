import { Injectable } from '@nestjs/common';
import type { AdmittedCall, Handler, UniqueCall } from '../contract/call';
import { passing } from '../contract/passing';
import { piecesOf } from '../contract/pieces';
import type { Reply } from '../contract/reply';
import { settled } from '../contract/settle';
import { Stage } from '../contract/stage';
import {
  CollectedAnswer,
  type GivenAnswer,
  headOf,
  IdempotentAnswers,
  Patience,
  piecesIn,
  type Turn,
} from '../features/idempotency';
import { Config } from '../platform/config/config';
import { effectivePolicy } from '../platform/config/effective-policy';
import { EventBus } from '../platform/events/event-bus';
import { PriceBook } from '../features/cost';
import { costOf, usageOf } from './call-cost';
import { EstimatedUsage } from './estimated-usage';
import { NotedRecord } from './noted-record';

/** A call that is made again under the same idempotency key gets the answer it got, and nothing is paid twice. */
@Injectable()
export class IdempotencyStage extends Stage<AdmittedCall, UniqueCall> {
  constructor(
    private readonly config: Config,
    private readonly answers: IdempotentAnswers,
    private readonly events: EventBus,
    private readonly prices: PriceBook,
  ) {
    super();
  }

  override wrap(next: Handler<UniqueCall>): Handler<AdmittedCall> {
    // counting tokens costs nothing and changes nothing
    return (call) =>
      call.idempotencyKey === undefined || call.request.operation === 'count_tokens'
        ? next({ ...call, unique: true })
        : this.once(call, call.idempotencyKey, next);
  }

  private async once(call: AdmittedCall, idempotencyKey: string, next: Handler<UniqueCall>): Promise<Reply> {
    const turn = await this.enter(call, idempotencyKey);
    if (turn.kind === 'answered') return this.repeat(call, turn.answer, turn.waited);
    const record = new NotedRecord(call.record);
    try {
      return this.kept(await next({ ...call, record, unique: true }), turn, call, record);
    } catch (error) {
      await turn.release();
      throw error;
    }
  }

  private enter(call: AdmittedCall, idempotencyKey: string): Promise<Turn> {
    const { id, requestId, receivedAt, caller, wire, user, signal } = call;
    const tenant = { id: caller.tenantId, name: caller.tenantName };
    const { totalMs } = effectivePolicy(this.config.policies, { tenant }).timeout;
    const deadlineAt = call.startedAt + Math.min(call.timeoutMs ?? totalMs, totalMs);
    const { tenantId, keyId } = caller;
    const { dialect, body } = wire;
    const named = { id, requestId, receivedAt, tenantId, keyId, idempotencyKey, dialect, body };
    return this.answers.enter({ ...named, ...(user !== undefined && { user }) }, new Patience(deadlineAt, signal));
  }

  private repeat(call: AdmittedCall, { packed, requestId, receivedAt }: GivenAnswer, waited: boolean): Reply {
    const { cost, ...head } = headOf(packed);
    call.record.note('model', call.request.model);
    call.record.note('provider', head.provider);
    call.record.note('providerModel', head.model);
    call.record.note('dropped', head.dropped);
    call.record.note('attempts', 0);
    call.record.note('repeated', true);
    this.events.emit('answer.repeated', { tenantId: call.caller.tenantId, waited });
    return {
      ...head,
      attempts: 0,
      waitedMs: waited ? performance.now() - call.startedAt : 0,
      repeats: { requestId, receivedAt, ...(cost !== undefined && { cost: BigInt(cost) }) },
      pieces: piecesOf(piecesIn(packed)),
    };
  }

  /** Only what a model said in full is worth repeating: whatever else happens, the next call of that name really asks. */
  private kept(
    reply: Reply,
    { keep, release }: Extract<Turn, { kind: 'held' }>,
    call: AdmittedCall,
    { noted }: NotedRecord,
  ): Reply {
    if (reply.degraded !== undefined && reply.degraded !== 'fallback' && reply.degraded !== 'budget')
      return settled(reply, release);
    const answer = new CollectedAnswer(reply, this.config.idempotency.answerBytes);
    const used = new EstimatedUsage();
    return settled(
      { ...reply, pieces: passing(reply.pieces, { piece: (piece) => answer.add(piece) }) },
      (outcome) => {
        const cost = costOf(this.prices, call, noted, usageOf(call, noted, outcome, used));
        const packed = outcome.kind === 'answered' ? answer.packed(cost) : undefined;
        return packed ? keep(packed) : release();
      },
      (event) => used.observe(event),
    );
  }
}
