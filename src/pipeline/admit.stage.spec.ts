import { QUESTION } from '../../test/support/attempt';
import type { AdmittedCall, AuditedCall, CallRecord } from '../contract/call';
import type { KeyLimits } from '../contract/caller';
import { GatewayError } from '../contract/errors';
import { NO_USAGE, type Piece, type Reply, type ReplyEvent } from '../contract/reply';
import { type Charge, LimitRules, MemoryCounters, MemorySlots } from '../features/limits';
import { ModelRegistry } from '../features/models';
import type { Config } from '../platform/config/config';
import { Settings } from '../platform/config/settings';
import { KeyedHash } from '../platform/secrets/keyed-hash';
import { AdmitStage } from './admit.stage';
import { CallLimits } from './call-limits.service';
import { countedReply } from './counted-reply';

const TENANT = '0190a000-0000-7000-8000-000000000001';
const USER = 'somebody@customer.example';

class Counted extends MemoryCounters {
  readonly charged: Charge[][] = [];
  override take(charges: readonly Charge[]) {
    this.charged.push([...charges]);
    return super.take(charges);
  }
}

function site(limits: object = {}) {
  const config = { limits: Settings.parse({ limits }).limits } as Config;
  const models = { aliases: { fast: ['sandbox/fast', 'sandbox/best'] }, models: {} };
  const registry = new ModelRegistry({
    providers: [{ name: 'sandbox', type: 'sandbox', models: [], place: 'local', firstTokenMs: 0, tokensPerSecond: 0 }],
    models,
  });
  const [counters, slots] = [new Counted(), new MemorySlots()];
  const bounds = new CallLimits(new LimitRules(config.limits), registry, new KeyedHash(Buffer.alloc(32, 7)));
  const stage = new AdmitStage(config, bounds, slots, counters);
  return { counters, slots, bounds, run: (next: Next, call = aCall()) => stage.wrap(next)(call) };
}
type Next = (call: AdmittedCall) => Promise<Reply>;

const record = { note: () => undefined } as unknown as CallRecord;
function aCall({ limits = {}, ...over }: { limits?: KeyLimits; user?: string; request?: object } = {}): AuditedCall {
  return {
    caller: { tenantId: TENANT, tenantName: 'Acme', keyId: 'key', models: [], limits },
    size: { messages: 1, characters: 2, historyCharacters: 0 },
    record,
    ...over,
    request: { ...QUESTION, model: 'fast', ...over.request },
  } as unknown as AuditedCall;
}

const used = (inputTokens: number, outputTokens: number, cacheReadTokens = 0) => ({
  ...NO_USAGE,
  inputTokens,
  outputTokens,
  cacheReadTokens,
});
// eslint-disable-next-line @typescript-eslint/require-await
async function* pieces(events: readonly ReplyEvent[]): AsyncGenerator<Piece> {
  for (const event of events) yield { events: [event] };
}
const answers =
  (events: readonly ReplyEvent[], over: Partial<Reply> = {}): Next =>
  () =>
    Promise.resolve({ provider: 'p', model: 'm', attempts: 1, dropped: [], ...over, pieces: pieces(events) });
const says = (usage = used(1, 1), over?: Partial<Reply>) => answers([{ type: 'end', usage }], over);
const read = async (reply: Reply | Promise<Reply>): Promise<void> => {
  const { pieces: all } = await reply;
  for await (const piece of all) expect(piece.events).toHaveLength(1);
};

describe('AdmitStage', () => {
  it('asks nobody and makes nothing where nothing is limited', async () => {
    const { run, counters, bounds } = site();
    const call = aCall({ user: USER });
    await run((admitted) => {
      expect(admitted.record).toBe(record);
      return says()(admitted);
    }, call);
    expect(counters.charged).toEqual([]);
    expect(bounds.of(call)).toBe(bounds.of(aCall()));
  });

  it('charges key, user, tenant and model at once, under names without personal data', async () => {
    const amounts = { rpm: 10, tpm: 5_000, concurrency: 5 };
    const { run, counters, slots } = site({
      users: amounts,
      models: { 'sandbox/*': amounts },
      tenants: { acme: amounts },
    });
    const reply = await run(says(), aCall({ user: USER, limits: { rpm: 1, tpm: 5_000, concurrency: 5 } }));
    expect(slots.state()).toEqual([{ scope: 'process', keys: 4, calls: 1 }]);
    expect(counters.charged).toHaveLength(1);
    const names = counters.charged[0]!.map(({ counter }) => counter);
    // the requests of the key were counted by its guard
    expect(names.map((name) => name.replace(/^\{.*\}:(\w+).*?(:\w+)$/, '$1$2'))).toEqual([
      'key:tpm',
      'user:rpm',
      'user:tpm',
      'tenant:rpm',
      'tenant:tpm',
      'model:rpm',
      'model:tpm',
    ]);
    for (const name of names) {
      expect(name.startsWith(`{${TENANT}}:`)).toBe(true);
      expect(name).not.toContain('somebody');
      expect(name).not.toContain('fast');
    }
    await read(reply);
    expect(slots.size).toBe(0);
  });

  it('counts a model by the first one behind the name that the key may use', async () => {
    const { run } = site({ models: { 'sandbox/best': { rpm: 1 } } });
    const best = aCall({ request: { model: 'sandbox/best' } });
    for (let i = 0; i < 3; i++) await run(says());
    await run(says(), best);
    await expect(run(says(), best)).rejects.toThrow('Rate limit of 1 requests per minute for this model reached');
    await run(says(), aCall({ request: { model: 'no-such-model' } }));
    const only = aCall();
    await expect(run(says(), { ...only, caller: { ...only.caller, models: ['sandbox/best'] } })).rejects.toThrow(
      'for this model',
    );
  });

  const metered = (over: object = {}) => aCall({ limits: { tpm: 1_000 }, request: { maxTokens: 590, ...over } });
  /** What is left of 1,000 tokens, by asking for more than there can be. */
  const left = async (counters: Counted) => {
    const charge = { counter: `{${TENANT}}:key:key:tpm`, limit: 1_000, amount: 1_001 };
    return 1_000 - ((await counters.take([charge])).used[0] as number);
  };
  const PROMPT = 5;

  it.each<[string, Next, number]>([
    ['what it really used, cached tokens too', says(used(10, 20, 70)), 100],
    ['more than it took', says(used(10, 900)), 910],
    ['nothing when the answer was kept from before', says(used(10, 20), { cache: 'hit' }), 0],
    [
      'nothing when the answer repeats an earlier one',
      says(used(9, 9), { repeats: { requestId: 'r', receivedAt: 0 } }),
      0,
    ],
    ['nothing when a text of the operator stood in', says(used(9, 9), { degraded: 'template' }), 0],
    ['what another model used that stood in', says(used(9, 9), { degraded: 'fallback' }), 18],
    [
      'what was heard of an answer that broke off',
      answers([
        { type: 'start', id: 'x', model: 'm', usage: used(30, 0) },
        { type: 'text', block: 0, text: 'x'.repeat(40) },
        { type: 'tool_arguments', block: 1, json: 'x'.repeat(20) },
      ]),
      45,
    ],
    ['its prompt when its answer broke off at once', answers([]), PROMPT],
    [
      'what was heard where the provider did not count',
      async (call) =>
        countedReply(
          await answers([
            { type: 'text', block: 0, text: 'x'.repeat(40) },
            { type: 'end', usage: { ...NO_USAGE, estimated: true } },
          ])(call),
          call.request,
        ),
      PROMPT + 10,
    ],
    ['nothing when the provider failed', () => Promise.reject(new GatewayError('provider_failed', 'x')), 0],
    [
      'what was paid for answers that were refused',
      (call) => {
        call.record.note('spent', used(100, 200));
        return Promise.reject(new GatewayError('provider_failed', 'x'));
      },
      300,
    ],
    [
      'its prompt when the caller went away before the answer began',
      (call) => {
        call.record.note('tried', [{ provider: 'p', model: 'm', ms: 1, code: 'client_closed' }]);
        return Promise.reject(new GatewayError('client_closed', 'x'));
      },
      PROMPT,
    ],
    [
      'nothing when it ran out of time before anybody was asked',
      () => Promise.reject(new GatewayError('deadline_exceeded', 'x')),
      0,
    ],
  ])('leaves a call charged with %s', async (_what, next, tokens) => {
    const { run, counters } = site();
    let during: number | undefined;
    const asked: Next = async (call) => {
      during = await left(counters);
      return next(call);
    };
    const reply = await run(asked, metered()).catch(() => undefined);
    expect(during).toBe(1_000 - PROMPT - 590);
    await (reply && read(reply).catch(() => undefined));
    expect(await left(counters)).toBe(1_000 - tokens);
  });

  it('charges what was heard when the reader walks away', async () => {
    const { run, counters } = site();
    const { pieces: all } = await run(answers([{ type: 'text', block: 0, text: 'x'.repeat(40) }]), metered());
    await all[Symbol.asyncIterator]().next();
    expect(await left(counters)).toBe(1_000 - PROMPT - 590);
    const again = await run(answers([{ type: 'text', block: 0, text: 'x'.repeat(40) }]), metered({ maxTokens: 100 }));
    for await (const piece of again.pieces) if (piece) break;
    expect(await left(counters)).toBe(1_000 - PROMPT - 590 - PROMPT - 10);
  });

  it('names the limit that is reached, and says where the call stands', async () => {
    const { run } = site({ tenants: { '*': { tpm: 1_200, rpm: 9 } } });
    const first = await run(says(used(5, 5)), metered());
    expect(first.rates?.()).toEqual({
      requests: { limit: 9, remaining: 8, reset: 60 },
      tokens: { limit: 1_000, remaining: 405, reset: 60 },
    });
    const refusal = await run(says(), metered()).then(
      () => undefined,
      (error: unknown) => error as GatewayError,
    );
    expect(refusal).toMatchObject({
      code: 'rate_limited',
      message: 'Rate limit of 1000 tokens per minute for this key reached',
      facts: {
        retryAfter: expect.closeTo(61, -1),
        details: { scope: 'key', limit: 1_000, unit: 'tokens per minute' },
        // trying again makes no sense before
        rates: { requests: { remaining: 8 }, tokens: { limit: 1_000, remaining: 0, reset: refusal?.retryAfter } },
      },
    });
    await read(first);
    expect(first.rates?.()).toMatchObject({ tokens: { remaining: 990 } });
  });

  it('gives the slot back of a call whose tokens do not fit, and takes no tokens for one without a slot', async () => {
    const { run, slots, counters } = site();
    const call = aCall({ limits: { tpm: 1_000, concurrency: 1 }, request: { maxTokens: 900 } });
    const first = await run(says(used(1, 900)), call);
    await expect(run(says(), call)).rejects.toMatchObject({ code: 'concurrency_limited' });
    expect(await left(counters)).toBe(1_000 - PROMPT - 900);
    await read(first);
    await expect(run(says(), call)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(slots.size).toBe(0);
  });

  it.each([
    ['counting tokens', { operation: 'count_tokens' }, []],
    ['embedding', { operation: 'embeddings', input: ['four', [1, 2, 3]] }, [4]],
    ['an answer of unknown length', {}, [PROMPT + 300]],
    ['several answers', { n: 3, maxTokens: 100 }, [PROMPT + 300]],
    ['more than the whole limit', { maxTokens: 100_000 }, [PROMPT + 300]],
  ])('charges %s as it should', async (_what, request, amounts) => {
    const { run, counters } = site({ expectedOutputTokens: 300 });
    await run(says(), aCall({ limits: { tpm: 1_000 }, request: { ...request } }));
    expect(counters.charged.flat().map(({ amount }) => amount)).toEqual(amounts);
  });

  it('does not let anybody wait in vain: a prompt that never fits is too large', async () => {
    const { run, slots } = site();
    const parts = [{ type: 'text', text: 'x'.repeat(8_000) }];
    const call = aCall({ limits: { tpm: 1_000, concurrency: 1 }, request: { messages: [{ role: 'user', parts }] } });
    await expect(run(says(), call)).rejects.toMatchObject({ code: 'prompt_too_large', status: 413 });
    expect(slots.size).toBe(0);
  });
});
