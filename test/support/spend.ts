import { uuidv7 } from '../../src/contract/ids';
import { NO_USAGE } from '../../src/contract/reply';
import type { NewRow } from '../../src/features/cost/ledger/changes';

const AT = Date.UTC(2026, 10, 20, 12);

/** A row of the ledger; what is not given is the same each time, but for the id. */
export function spendRow(over: Partial<NewRow> = {}): NewRow {
  const at = over.at ?? AT;
  return {
    index: 0,
    callId: uuidv7(at),
    at,
    tenantId: '019a0000-0000-7000-8000-00000000000a',
    keyId: '019a0000-0000-7000-8000-00000000000b',
    userRef: undefined,
    sessionRef: undefined,
    model: 'fast',
    provider: 'openai',
    providerModel: 'gpt-4o-mini',
    providerRequestId: undefined,
    operation: 'chat',
    outcome: 'answered',
    asked: true,
    batch: false,
    tags: [],
    usage: { ...NO_USAGE, inputTokens: 100, outputTokens: 10, thinkingTokens: 0, estimated: false },
    wasted: [],
    spared: undefined,
    cost: 1_000n,
    saved: 0n,
    cache: undefined,
    reused: false,
    priceVersion: 'v1',
    latencyMs: 900,
    firstTokenMs: undefined,
    degraded: undefined,
    flags: [],
    ...over,
  };
}
