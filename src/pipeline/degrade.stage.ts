import { Injectable } from '@nestjs/common';
import type { CushionedCall, Handler, RoutedCall } from '../contract/call';
import { ERRORS, GatewayError } from '../contract/errors';
import type { LadderAnswered } from '../contract/events';
import type { Reply } from '../contract/reply';
import { Stage } from '../contract/stage';
import { PastAnswers, type Recall, recallOf, templateReply, Templates } from '../features/answers';
import { Policies } from '../features/resilience';
import type { DegradationPolicy } from '../platform/config/policies';
import { EventBus } from '../platform/events/event-bus';
import { exhausted } from './exhausted';
import { keptReply } from './kept-reply';
import { mayDegrade } from './may-degrade';
import { nearlyReply } from './nearly-reply';
import { NonconformingAnswer } from './nonconforming-answer';
import { tenantOf } from './tenant-of';

type Rung = LadderAnswered['rung'];

/** When no model answers, something humbler does: a stale answer, a similar one, a template, or an error that says when to return. */
@Injectable()
export class DegradeStage extends Stage<RoutedCall, CushionedCall> {
  constructor(
    private readonly answers: PastAnswers,
    private readonly templates: Templates,
    private readonly policies: Policies,
    private readonly events: EventBus,
  ) {
    super();
  }

  override wrap(next: Handler<CushionedCall>): Handler<RoutedCall> {
    return async (routed) => {
      const { degradation: policy, cache } = this.policies.of(routed.candidates[0], tenantOf(routed));
      const recall = recallOf({ cache, degradation: policy }, routed);
      const answerKey = recall.keepSeconds ? this.answers.keyOf(routed, recall.many) : undefined;
      const call: CushionedCall = { ...routed, cushioned: true, answerKey };
      const asked = performance.now();
      try {
        return await next(call);
      } catch (error) {
        const failure = GatewayError.from(error);
        // nobody waits for a humbler answer than the old one
        if (call.revalidates || !mayDegrade(failure, call)) throw error;
        const waitedMs = performance.now() - asked;
        return { ...(await this.humbler(call, policy, recall, failure)), waitedMs };
      }
    };
  }

  /** @throws GatewayError when no rung answers */
  private async humbler(
    call: CushionedCall,
    policy: DegradationPolicy,
    recall: Recall,
    failure: GatewayError,
  ): Promise<Reply> {
    const { caller, answerKey: key, id, request } = call;
    if (key && recall.stale) {
      const kept = await this.answers.find(caller, key, policy.staleSeconds);
      if (kept) return this.answered('stale', keptReply(kept, 'stale', call), call, failure);
    }
    if (key && recall.similar) {
      const terms = { threshold: policy.similarity, oneWordThreshold: 1, withinSeconds: policy.staleSeconds };
      const nearly = await this.answers.findSimilar(call, terms);
      if (nearly) return this.answered('similar', nearlyReply(nearly, call), call, failure);
    }
    // the model is there, and its answer was refused: no bad day, and no text of ours conforms
    if (failure instanceof NonconformingAnswer) throw failure;
    // coming back does not help: nothing says that there ever was such a model
    if (!ERRORS[failure.code].retry) throw failure;
    const template = policy.template && !call.validation ? this.templates.match(request, caller) : undefined;
    if (!template) throw exhausted(failure, policy.message);
    const reply = { ...templateReply(template, id), cache: key && recall.exact ? 'miss' : 'bypass' } as const;
    return this.answered('template', reply, call, failure);
  }

  private answered(rung: Rung, reply: Reply, { record, caller, request }: CushionedCall, failure: GatewayError): Reply {
    const attempts = failure.facts.attempts ?? 0;
    record.note('degraded', rung);
    record.note('provider', reply.provider);
    record.note('providerModel', reply.model);
    record.note('attempts', attempts);
    record.note('dropped', reply.dropped);
    if (reply.cache) record.note('cache', reply.cache);
    const { tenantId } = caller;
    this.events.emit('ladder.answered', { tenantId, model: request.model, rung, code: failure.code });
    return { ...reply, attempts, degraded: rung };
  }
}
