import { Injectable } from '@nestjs/common';
import type { Candidate, Handler, Outgoing, RoutedCall, SelectedCall } from '../contract/call';
import type { Caller } from '../contract/caller';
import { GatewayError } from '../contract/errors';
import { type InBatch, NotOfBatch } from '../contract/in-batch';
import { AUTO } from '../contract/selection';
import type { Reply } from '../contract/reply';
import { Stage } from '../contract/stage';
import { isModelAllowed } from '../features/limits';
import { ModelRegistry } from '../features/models';
import { inOrder, Latencies, Policies } from '../features/resilience';
import { Withdrawals } from '../features/withdrawals';
import { EventBus } from '../platform/events/event-bus';

type Candidates = RoutedCall['candidates'];

/** Finds the models that may answer: known, allowed to the key, able to do what is asked, and in the operator's order. */
@Injectable()
export class RouteStage extends Stage<SelectedCall, RoutedCall> {
  constructor(
    private readonly models: ModelRegistry,
    private readonly policies: Policies,
    private readonly latencies: Latencies,
    private readonly withdrawals: Withdrawals,
    private readonly events: EventBus,
  ) {
    super();
  }

  override wrap(next: Handler<RoutedCall>): Handler<SelectedCall> {
    return async (call) => {
      const { request, flags, inBatch } = call;
      if (inBatch?.way === 'back')
        return this.warned(await next({ ...call, candidates: this.paid(call, inBatch) }), call);
      // vectors of different models cannot be compared
      const decided = request.operation === 'embeddings' ? [] : await flags.modelsFor(request.model);
      const candidates = this.candidates(call, decided);
      const reply = await next({ ...call, candidates: inBatch ? onlyTarget(candidates, inBatch) : candidates });
      return this.warned(reply, call, candidates);
    };
  }

  /** Tells that the model that answered is at its end, or the one that it replaces. */
  private warned(reply: Reply, { record }: SelectedCall, candidates: readonly Candidate[] = []): Reply {
    const answered = candidates.find(({ provider, model }) => provider === reply.provider && model === reply.model);
    const deprecation = this.models.deprecation(answered?.insteadOf ?? `${reply.provider}/${reply.model}`);
    if (!deprecation) return reply;
    record.note('deprecation', deprecation);
    this.events.emit('model.deprecated', deprecation);
    return { ...reply, deprecation };
  }

  /** On its way back a call has been paid for: nobody asks whether it may be. */
  private paid(call: SelectedCall, { target }: InBatch): Candidates {
    const { model } = call.request;
    call.record.note('model', model);
    const known = this.models.target(`${target.provider}/${target.model}`, operationOf(call)) ?? target;
    return [this.models.isAlias(model) ? known : { ...known, named: true }];
  }

  /** @param decided what a flag puts before the models of an alias; they stand in for it */
  private candidates(
    { request, caller, record, outgoing, selection }: SelectedCall,
    decided: readonly Candidate[],
  ): Candidates {
    const operation = operationOf({ request });
    const [usual, ...others] = this.models.resolve(request.model, operation);
    const [first, ...rest] = [...decided, usual, ...others];
    const known: Candidates = [first ?? usual, ...rest];
    record.note('model', request.model);
    const members = permitted(known, caller, request.model, selection?.asked === AUTO);
    const { enabled, to, order } = this.policies.of(members[0], {
      id: caller.tenantId,
      name: caller.tenantName,
    }).fallback;
    const targets = enabled ? to.flatMap((name) => this.models.behind(name, operation)) : [];
    const listed = open([...members, ...targets.filter((target) => isPermitted(target, caller))], outgoing);
    const latencyOf = (candidate: Candidate) => this.latencies.of(candidate, request.stream);
    const chain = this.models.lineUp(request, listed, (candidates) => {
      const ordered = inOrder(candidates, order, latencyOf);
      return [
        ...ordered.filter((candidate) => decided.includes(candidate)),
        ...ordered.filter((candidate) => !decided.includes(candidate)),
      ];
    });
    record.note('preferred', { provider: chain[0].provider, model: chain[0].model });
    const standing = this.withdrawals.arrange(chain);
    return enabled ? standing : [standing[0]];
  }
}

/** The model that the batch is for. @throws NotOfBatch where others may answer, and not that one */
function onlyTarget(candidates: Candidates, { target }: InBatch): Candidates {
  const found = candidates.find(({ provider, model }) => provider === target.provider && model === target.model);
  if (found) return [found];
  throw new NotOfBatch();
}

function operationOf({ request }: Pick<SelectedCall, 'request'>) {
  return request.operation === 'embeddings' ? 'embeddings' : 'chat';
}

/** @throws GatewayError `model_not_allowed` when nothing is left */
function permitted(candidates: Candidates, caller: Caller, asked: string, auto: boolean): Candidates {
  // a key for `auto` may use whatever is chosen for it
  const names = auto ? [AUTO, asked] : [asked];
  const [first, ...rest] = candidates.filter((candidate) => isPermitted(candidate, caller, ...names));
  if (!first)
    throw new GatewayError('model_not_allowed', `This key may not use the model '${asked}'`, { param: 'model' });
  return [first, ...rest];
}

/** Those that may be sent what the call holds. @throws GatewayError why the first may not, when none may */
function open(candidates: Candidates, outgoing: Outgoing): Candidates {
  const [first, ...rest] = candidates.filter(({ provider }) => !outgoing.barred(provider));
  if (first) return [first, ...rest];
  throw outgoing.barred(candidates[0].provider) as GatewayError;
}

/** A key for an alias may use what stands behind it; anything else only under its own name. */
function isPermitted({ provider, model }: Candidate, { models }: Caller, ...asked: string[]): boolean {
  return isModelAllowed(models, ...asked, model, `${provider}/${model}`);
}
