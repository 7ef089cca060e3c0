import { Injectable } from '@nestjs/common';
import type { Send } from '../contract/attempt';
import type { RecordedCall, Tried } from '../contract/call';
import type { Reply } from '../contract/reply';
import { Providers } from '../features/providers';
import { Policies, Resilience } from '../features/resilience';
import { tracedAttempt } from './traced-attempt';

/** Where the call leaves for a provider, wrapped in the call interceptors. */
@Injectable()
export class Dispatch {
  private readonly ask: Send;

  constructor(
    providers: Providers,
    resilience: Resilience,
    private readonly policies: Policies,
  ) {
    this.ask = resilience.wrap(
      tracedAttempt((attempt) => providers.send({ ...attempt, ...attempt.outgoing.to(attempt.candidate.provider) })),
    );
  }

  readonly send = async (call: RecordedCall): Promise<Reply> => {
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
}
