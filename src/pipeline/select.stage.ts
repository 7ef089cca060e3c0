import { Injectable } from '@nestjs/common';
import type { Handler, InstructedCall, Price, SelectedCall } from '../contract/call';
import { rewritten } from '../contract/rewritten';
import type { Reply } from '../contract/reply';
import type { ChatRequest } from '../contract/request';
import { AUTO, type SelectionFacts } from '../contract/selection';
import { settled } from '../contract/settle';
import { Stage } from '../contract/stage';
import { withMaxTokens } from '../contract/with-max-tokens';
import { ModelRegistry } from '../features/models';
import {
  assess,
  chooseModel,
  decodeBody,
  OutputHistory,
  rightSize,
  SelectionPolicies,
  type SelectionPolicy,
  trimCall,
  type Trimmed,
} from '../features/selection';
import { savingsOf } from './savings';
import { tenantOf } from './tenant-of';
import { usableAlias } from './usable-alias';

/** A call costs no more than it must: an easier model where that is enough, and no more of the prompt than the policy leaves. */
@Injectable()
export class SelectStage extends Stage<InstructedCall, SelectedCall> {
  constructor(
    private readonly policies: SelectionPolicies,
    private readonly history: OutputHistory,
    private readonly models: ModelRegistry,
  ) {
    super();
  }

  override wrap(next: Handler<SelectedCall>): Handler<InstructedCall> {
    return (call) => {
      const { request, record } = call;
      // vectors of different models cannot be compared
      if (request.operation === 'embeddings') return next({ ...call, selection: undefined });
      const { operation } = request;
      const policy = this.policies.of({ tenant: tenantOf(call), tags: call.tags ?? [], operation });
      if (policy.task !== undefined) record.note('task', policy.task);
      const selection = this.choose(call, request, policy);
      if (selection) record.note('selection', selection);
      const named = selection?.chosen === undefined ? request : { ...request, model: selection.chosen };
      const trimmed = policy.trims ? trimCall({ request: named, wire: call.wire }, policy.trim, decodeBody) : undefined;
      if (trimmed) record.note('trimmed', trimmed.facts);
      const selected = this.sized({ ...call, request: named, selection }, trimmed, policy);
      const reply = next(selected);
      if (selection?.chosen === undefined && !trimmed) return reply;
      return reply.then((given) => this.told(given, selected, trimmed, policy));
    };
  }

  private choose(call: InstructedCall, request: ChatRequest, policy: SelectionPolicy): SelectionFacts | undefined {
    return chooseModel({
      asked: request.model,
      given: call.complexity,
      policy,
      exists: (alias) => this.models.isAlias(alias),
      usable: (alias) => usableAlias(alias, call, this.models),
      assess: () => assess(request, policy),
    });
  }

  /** The call as it goes on. What is compared and kept does not know the maximum that history suggests: it changes by itself. */
  private sized(call: SelectedCall, trimmed: Trimmed | undefined, policy: SelectionPolicy): SelectedCall {
    const { model } = call.request;
    const sized = policy.rightSize
      ? rightSize(
          call.request,
          policy,
          this.history.expectedOutput({ tenantId: call.caller.tenantId, model, task: policy.task }),
        )
      : undefined;
    if (sized) call.record.note('sized', sized);
    if (!trimmed && !sized) return call;
    const outgoing = rewritten(call.outgoing, (form) => {
      const shorter = trimmed ? trimmed.again(form) : form;
      return sized ? withMaxTokens(shorter, sized.sent) : shorter;
    });
    return { ...call, ...trimmed?.form, outgoing, ...(sized && { sized: sized.sent }) };
  }

  /** The reply with what was done for it, and what that saved once it is known what was used. */
  private told(
    reply: Reply,
    { record, selection }: SelectedCall,
    trimmed: Trimmed | undefined,
    policy: SelectionPolicy,
  ): Reply {
    // an answer that was kept costs nothing, whatever the model and the prompt
    const isNew = reply.cache === undefined || reply.cache === 'miss' || reply.cache === 'bypass';
    const told: Reply = {
      ...reply,
      ...(selection?.chosen !== undefined && { complexity: selection.level }),
      ...(isNew && trimmed && { savedTokens: trimmed.facts.tokens }),
    };
    if (!isNew || reply.attempts === 0) return told;
    return settled(told, (outcome) => {
      if (outcome.kind !== 'answered') return;
      const paid = this.models.target(`${reply.provider}/${reply.model}`, 'chat')?.price;
      const saved = savingsOf({
        usage: outcome.usage,
        paid,
        instead: this.instead(selection, policy),
        trimmed: trimmed?.facts,
      });
      if (saved.length) record.note('saved', saved);
    });
  }

  /** The price of the model that the caller asked for, or of an ordinary one where it asked for whatever is enough. */
  private instead(selection: SelectionFacts | undefined, { levels, baseline }: SelectionPolicy): Price | undefined {
    if (selection?.asked === undefined) return undefined;
    const alias = selection.asked === AUTO ? levels[baseline] : selection.asked;
    return alias === selection.chosen ? undefined : this.models.first(alias)?.price;
  }
}
