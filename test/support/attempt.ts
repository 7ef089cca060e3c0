import type { Attempt } from '../../src/contract/attempt';
import { unchanged } from '../../src/contract/unchanged';
import type { ChatRequest } from '../../src/contract/request';
import { Policies as PoliciesSchema } from '../../src/platform/config/policies';
import { Policies } from '../../src/features/resilience/policies';
import type { z } from 'zod';

export const QUESTION: ChatRequest = {
  operation: 'chat',
  model: 'm',
  stream: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  hints: [],
  extras: [],
};

/** A call of model `m` at provider `p` for tenant `t`, with ten seconds to go. */
export function anAttempt(over: Partial<Attempt> = {}): Attempt {
  const deadlineAt = over.deadlineAt ?? performance.now() + 10_000;
  const { request = QUESTION, wire = { dialect: 'internal', body: {}, headers: {} } } = over;
  return {
    request,
    wire,
    outgoing: unchanged({ request, wire }),
    tenant: { id: 't', name: 'tenant' },
    candidate: { provider: 'p', model: 'm' },
    alternatives: [],
    signal: new AbortController().signal,
    deadlineAt,
    hurried: false,
    answerBy: deadlineAt,
    tried: () => undefined,
    ...over,
  };
}

/** As `config/policies.yaml` would be read. */
export function policies(document: z.input<typeof PoliciesSchema> = {}): Policies {
  return new Policies({ policies: PoliciesSchema.parse(document) });
}
