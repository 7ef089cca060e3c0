import type { AdmittedCall, UniqueCall } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { NO_USAGE, type Degraded, type Piece, type Reply, type Usage } from '../contract/reply';
import type { PriceBook } from '../features/cost';
import { headOf, type IdempotentAnswers } from '../features/idempotency';
import type { Config } from '../platform/config/config';
import { Policies } from '../platform/config/policies';
import { EventBus } from '../platform/events/event-bus';
import { countedReply } from './counted-reply';
import { IdempotencyStage } from './idempotency.stage';

const END: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };
const config = {
  idempotency: { answerBytes: 1_000 },
  policies: Policies.parse({
    defaults: { timeout: { totalMs: 60_000 } },
    tenants: { patient: { timeout: { totalMs: 90_000 } } },
  }),
} as unknown as Config;

const PRICES = {
  cost: (target: string, { inputTokens }: Usage) => (target === 'p/m' ? 10n * BigInt(inputTokens) : undefined),
} as unknown as PriceBook;

const call = (over: object = {}): AdmittedCall =>
  ({
    id: 'id',
    requestId: 'r',
    idempotencyKey: 'k',
    caller: { tenantId: 't', tenantName: 'tenant', keyId: 'key' },
    request: { operation: 'chat', model: 'fast' },
    wire: { dialect: 'openai-chat', body: {}, headers: {} },
    signal: new AbortController().signal,
    receivedAt: 0,
    startedAt: performance.now(),
    record: { note: () => undefined },
    ...over,
  }) as unknown as AdmittedCall;

// eslint-disable-next-line @typescript-eslint/require-await
async function* pieces(...all: readonly Piece[]): AsyncGenerator<Piece> {
  yield* all;
}
const reply = (degraded?: Degraded, all: readonly Piece[] = [END]): Reply => ({
  provider: 'p',
  model: 'm',
  attempts: 1,
  dropped: [],
  ...(degraded && { degraded }),
  pieces: pieces(...all),
});

describe('IdempotencyStage', () => {
  const done: string[] = [];
  let cost: string | undefined;
  const enter = jest.fn(() =>
    Promise.resolve({
      kind: 'held' as const,
      keep: (packed: Buffer) => Promise.resolve(void (done.push('kept'), (cost = headOf(packed).cost))),
      release: () => Promise.resolve(void done.push('released')),
    }),
  );
  const stage = new IdempotencyStage(config, { enter } as unknown as IdempotentAnswers, new EventBus(), PRICES);
  const run = async (answer: () => Promise<Reply>, asked = call()): Promise<void> => {
    for await (const piece of (
      await stage.wrap((unique: UniqueCall) => (expect(unique.unique).toBe(true), answer()))(asked)
    ).pieces)
      if (piece === END) done.push('last piece');
  };
  beforeEach(() => {
    done.length = 0;
    enter.mockClear();
  });

  it.each([undefined, 'fallback'] as const)(
    'keeps what a model said before its last piece goes out (%s)',
    async (by) => {
      await run(() => Promise.resolve(reply(by)));
      expect(done).toEqual(['kept', 'last piece']);
    },
  );

  it.each<[string, Usage, string]>([
    ['what it cost', { ...NO_USAGE, inputTokens: 3 }, '30'],
    ['nothing when a kept answer was given', NO_USAGE, '0'],
    // the prompt of the call, as it is estimated
    ['what is estimated when nobody counted', { ...NO_USAGE, estimated: true }, '80'],
  ])('keeps with an answer %s', async (_, usage, expected) => {
    const facts = new Map<string, unknown>();
    const messages = [{ role: 'user', parts: [{ type: 'text', text: 'x'.repeat(14) }] }];
    const request = { operation: 'chat', model: 'fast', messages, tools: [] };
    const asked = call({ request, record: { note: (fact: string, value: unknown) => facts.set(fact, value) } });
    const answer = async (of: UniqueCall) => {
      of.record.note('provider', 'p');
      of.record.note('providerModel', 'm');
      of.record.note('tried', [{ provider: 'p', model: 'm', ms: 1 }]);
      const said = reply(undefined, [{ events: [{ type: 'end', usage }] }]);
      return Promise.resolve(usage.estimated ? countedReply(said, of.request) : said);
    };
    for await (const _piece of (await stage.wrap(answer)(asked)).pieces);
    expect(cost).toBe(expected);
    expect(facts.get('providerModel')).toBe('m');
  });

  it.each(['stale', 'similar', 'template'] as const)('does not keep what no model said for it (%s)', async (by) => {
    await run(() => Promise.resolve(reply(by)));
    expect(done).toEqual(['released', 'last piece']);
  });

  it('releases before a failure is told, whether it comes at once or in the middle', async () => {
    const failure = new GatewayError('provider_failed', 'x');
    await expect(run(() => Promise.reject(failure))).rejects.toBe(failure);
    await expect(run(() => Promise.resolve(reply(undefined, [])))).rejects.toMatchObject({ code: 'provider_failed' });
    expect(done).toEqual(['released', 'released']);
  });

  it('does not ask about a call without a name, nor about counting tokens', async () => {
    await run(() => Promise.resolve(reply()), call({ idempotencyKey: undefined }));
    await run(() => Promise.resolve(reply()), call({ request: { operation: 'count_tokens', model: 'fast' } }));
    expect(enter).not.toHaveBeenCalled();
    expect(done).toEqual(['last piece', 'last piece']);
  });

  it('waits no longer than the call may take: what its caller, its tenant or all calls are granted', async () => {
    const caller = { tenantId: 't', tenantName: 'patient', keyId: 'key' };
    for (const asked of [call({ timeoutMs: 300 }), call(), call({ caller, timeoutMs: 100_000 })])
      await run(() => Promise.resolve(reply()), { ...asked, startedAt: 0 });
    const deadlines = enter.mock.calls
      .slice(-3)
      .map((args: unknown[]) => (args[1] as { deadlineAt: number }).deadlineAt);
    expect(deadlines).toEqual([300, 60_000, 90_000]);
  });
});
