import { Injectable } from '@nestjs/common';
import { addUsage } from '../contract/add-usage';
import type { CacheCheckedCall, ConformingCall, Handler } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { piecesOf } from '../contract/pieces';
import type { Piece, Reply, Validated } from '../contract/reply';
import { Stage } from '../contract/stage';
import { type AnswerFault, Demands, Schemas, type Verdict } from '../features/conformance';
import { type HeldAnswer, held } from './held-answer';
import { NonconformingAnswer } from './nonconforming-answer';
import { NotedRecord } from './noted-record';
import { isRepairable, repairCall } from './repair-call';
import { repairedPieces } from './repaired-pieces';
import { withEarlierAttempts } from './with-earlier-attempts';

type Faults = readonly [AnswerFault, ...AnswerFault[]];

/**
 * Holds the answer to the schemas of the call, where the caller asked for that: one that does not conform is not handed out. The
 * model may be asked once more, within the call's own deadline; that is one more request to the budget and on the record.
 */
@Injectable()
export class ConformStage extends Stage<CacheCheckedCall, ConformingCall> {
  private readonly schemas = new Schemas();

  override wrap(next: Handler<ConformingCall>): Handler<CacheCheckedCall> {
    return (call) => (call.validation ? this.validated(call, next) : next({ ...call, conforms: true }));
  }

  private async validated(call: CacheCheckedCall, next: Handler<ConformingCall>): Promise<Reply> {
    const demands = Demands.of(call.request, this.schemas);
    refuseManyRepairs(call);
    const asked = performance.now();
    const reply = await new Validation(call, demands, next).answer();
    return { ...reply, waitedMs: performance.now() - asked };
  }
}

/** One call under validation. */
class Validation {
  private readonly record: NotedRecord;

  constructor(
    private readonly call: CacheCheckedCall,
    private readonly demands: Demands,
    private readonly next: Handler<ConformingCall>,
  ) {
    this.record = new NotedRecord(call.record);
  }

  /** @throws GatewayError what stopped it; `NonconformingAnswer` when it is no answer */
  async answer(): Promise<Reply> {
    const { call, record } = this;
    const first = await held(await this.next({ ...call, record, conforms: true }));
    record.note('spent', first.usage);
    const { faults, judged } = this.judge(first);
    if (!isAny(faults)) return this.handedOut(first.reply, first.pieces, judged ? 'valid' : undefined);
    if (call.validation !== 'repair' || !isRepairable(first, faults))
      throw new NonconformingAnswer(faults, first.reply.attempts);
    return this.repaired(first, faults);
  }

  private async repaired(first: HeldAnswer, faults: Faults): Promise<Reply> {
    const { call, record } = this;
    const { attempts } = first.reply;
    const tried = record.noted.tried ?? [];
    let second: HeldAnswer;
    try {
      second = await held(await this.next({ ...repairCall(call, first, faults), record, conforms: true }));
    } catch (error) {
      const { spent } = record.noted;
      // what was noted since is of the second one alone
      if (spent && spent !== first.usage) record.note('spent', addUsage(first.usage, spent));
      throw withEarlierAttempts(GatewayError.from(error), attempts);
    } finally {
      const again = record.noted.tried ?? [];
      if (again !== tried) record.note('tried', [...tried, ...again]);
    }
    const total = attempts + second.reply.attempts;
    record.note('attempts', total);
    record.note('spent', addUsage(first.usage, second.usage));
    const verdict = this.judge(second);
    if (isAny(verdict.faults)) throw new NonconformingAnswer(verdict.faults, total);
    const degraded = second.reply.degraded ?? first.reply.degraded;
    const reply = { ...second.reply, attempts: total, ...(degraded && { degraded }) };
    return this.handedOut(reply, repairedPieces(second.pieces, first.usage), verdict.judged ? 'repaired' : undefined);
  }

  private judge({ spoken }: HeldAnswer): Verdict {
    const { outgoing } = this.call;
    return this.demands.judge(spoken, outgoing.restore && ((text) => outgoing.restore?.(text) ?? text));
  }

  private handedOut(reply: Reply, pieces: readonly Piece[], validated: Validated | undefined): Reply {
    if (validated) this.record.note('validated', validated);
    return { ...reply, ...(validated && { validated }), pieces: piecesOf(pieces) };
  }
}

function refuseManyRepairs({ request, validation }: CacheCheckedCall): void {
  if (validation !== 'repair' || request.operation !== 'chat' || (request.n ?? 1) <= 1) return;
  throw new GatewayError('invalid_request', 'Only a single answer can be repaired: leave n out, or validate only', {
    param: 'x-gatehouse-validate',
  });
}

const isAny = (faults: readonly AnswerFault[]): faults is Faults => faults.length > 0;
