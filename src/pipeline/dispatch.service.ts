import { Injectable } from '@nestjs/common';
import type { Send } from '../contract/attempt';
import type { RecordedCall, Tried } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { CallPosted, type InBatch, NO_MEMORY } from '../contract/in-batch';
import type { Reply } from '../contract/reply';
import { Providers } from '../features/providers';
import { Policies, Resilience } from '../features/resilience';
import { countedReply } from './counted-reply';
import { tracedAttempt } from './traced-attempt';

/** Where the call leaves for a provider, wrapped in the call interceptors. */
@Injectable()
export class Dispatch {
  private readonly ask: Send;

  constructor(
    private readonly providers: Providers,
    resilience: Resilience,
    private readonly policies: Policies,
  ) {
    this.ask = resilience.wrap(
      tracedAttempt(async (attempt) => {
        const asked = { ...attempt, ...attempt.outgoing.to(attempt.candidate.provider) };
        return countedReply(await providers.send(asked), asked.request);
      }),
    );
  }

  readonly send = async (call: RecordedCall): Promise<Reply> => {
    if (call.inBatch) return this.inBatch(call, call.inBatch);
    const { request, wire, outgoing, signal, record, caller } = call;
    const [candidate, ...alternatives] = call.candidates;
    const tenant = { id: caller.tenantId, name: caller.tenantName };
    record.note('provider', candidate.provider);
    record.note('providerModel', candidate.model);
    const { totalMs } = this.policies.of(candidate, tenant).timeout;
    const hurried = call.timeoutMs !== undefined && call.timeoutMs < totalMs;
    const deadlineAt = call.startedAt + (hurried ? call.timeoutMs : totalMs);
    const tried: Tried[] = [];
    record.note('tried', tried);
    const asked = performance.now();
    const reply = await this.ask({
      request,
      wire,
      outgoing,
      tenant,
      candidate,
      alternatives,
      signal,
      deadlineAt,
      hurried,
      answerBy: deadlineAt,
      ...(call.job && { name: call.job.name }),
      ...(call.shadows !== undefined && { once: true as const }),
      ...(call.trace && { trace: call.trace }),
      tried: (fact) => void tried.push(fact),
    });
    record.note('provider', reply.provider);
    record.note('providerModel', reply.model);
    record.note('attempts', reply.attempts);
    record.note('dropped', reply.dropped);
    if (reply.degraded) record.note('degraded', reply.degraded);
    if (reply.providerRequestId) record.note('providerRequestId', reply.providerRequestId);
    return { ...reply, waitedMs: performance.now() - asked };
  };

  /** @throws CallPosted on its way out; what the provider failed with on its way back */
  private async inBatch(call: RecordedCall, batch: InBatch): Promise<Reply> {
    const [candidate] = call.candidates;
    const { outgoing, record, entry } = call;
    const { provider, model } = candidate;
    const asked = { ...outgoing.to(provider), candidate };
    if (batch.way === 'out') {
      const sent = this.providers.batched(asked);
      const memory = outgoing.memory?.() ?? NO_MEMORY;
      throw new CallPosted({ sent, memory, ...(entry !== undefined && { entry }) });
    }
    record.note('provider', provider);
    record.note('providerModel', model);
    // a line that failed costs nothing, unless its provider says so
    let reply: Reply;
    try {
      reply = countedReply(await this.providers.batchReply(asked, batch.reply), asked.request);
    } catch (error) {
      const { code, facts } = GatewayError.from(error);
      if (facts.usage) record.note('tried', [{ provider, model, code, ms: 0, usage: facts.usage }]);
      throw error;
    }
    record.note('tried', [{ provider, model, ms: 0 }]);
    record.note('attempts', reply.attempts);
    record.note('dropped', reply.dropped);
    if (reply.providerRequestId) record.note('providerRequestId', reply.providerRequestId);
    return { ...reply, waitedMs: 0 };
  }
}
