import { Injectable } from '@nestjs/common';
import type { Send } from '../contract/attempt';
import type { FundedCall } from '../contract/call';
import type { Reply } from '../contract/reply';
import { Providers } from '../features/providers';
import { Resilience } from '../features/resilience';
import { Config } from '../platform/config/config';

/** Where the call leaves for a provider, wrapped in the call interceptors. */
@Injectable()
export class Dispatch {
  private readonly ask: Send;
  private readonly totalMs: ReadonlyMap<string, number>;

  constructor(config: Config, providers: Providers, resilience: Resilience) {
    this.ask = resilience.wrap(providers.send);
    this.totalMs = new Map(config.providers.map(({ name, deadlines }) => [name, deadlines.totalMs]));
  }

  readonly send = async (call: FundedCall): Promise<Reply> => {
    const { request, wire, signal, record } = call;
    const [candidate] = call.candidates;
    record.note('provider', candidate.provider);
    record.note('providerModel', candidate.model);
    const limitMs = Math.min(call.timeoutMs ?? Infinity, this.totalMs.get(candidate.provider) ?? Infinity);
    const asked = performance.now();
    const reply = await this.ask({ request, wire, candidate, signal, deadlineAt: call.startedAt + limitMs });
    record.note('provider', reply.provider);
    record.note('providerModel', reply.model);
    record.note('attempts', reply.attempts);
    record.note('dropped', reply.dropped);
    if (reply.providerRequestId) record.note('providerRequestId', reply.providerRequestId);
    return { ...reply, waitedMs: performance.now() - asked };
  };
}
