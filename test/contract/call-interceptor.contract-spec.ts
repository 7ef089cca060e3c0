import { Test, type TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import type { Attempt, CallInterceptor, Send } from '../../src/contract/attempt';
import { GatewayError, type ErrorCode, type ErrorFacts } from '../../src/contract/errors';
import type { Piece, Reply } from '../../src/contract/reply';
import { Resilience, ResilienceModule } from '../../src/features/resilience';
import { INTERCEPTORS } from '../../src/features/resilience/interceptors';
import { Config, type ConfiguredProvider } from '../../src/platform/config/config';
import { type ChangeableParts, ConfigInForce } from '../../src/platform/config/config-in-force';
import { Policies } from '../../src/platform/config/policies';
import { Settings } from '../../src/platform/config/settings';
import { LiveKeys } from '../../src/platform/secrets/live-keys';
import { anAttempt, QUESTION } from '../support/attempt';
import { aborted, FAULTLESS, ScriptedSend, type Step } from '../support/scripted-send';

/** As many as there are slots: one that is not given back is missed by the next round. */
const CALLS = 100;

const provider: ConfiguredProvider = {
  name: 'p',
  type: 'local',
  baseUrl: 'http://127.0.0.1:9',
  models: [],
  place: 'external',
  apiKeys: LiveKeys.of('sk-1', 'sk-2'),
  connections: CALLS,
  connectMs: 500,
  totalMs: 10_000,
};
const policies = Policies.parse({
  defaults: {
    retry: { baseMs: 1, maxMs: 5, budgetMinimum: 10_000 },
    // what fails on purpose here must not open it
    breaker: { minimumCalls: 100_000 },
    bulkhead: { concurrency: CALLS, queue: 0, queueMs: 100 },
  },
});
const config: Partial<Config> = {
  providers: [provider],
  prices: {},
  redisUrl: undefined,
  policies,
  inForce: new ConfigInForce({ policies } as ChangeableParts, Settings.parse({})),
};
const gone = new GatewayError('client_closed', 'The caller went away');
const broken = new GatewayError('overloaded', 'busy');
const [start, one] = FAULTLESS as [Piece, Piece];

/** Each interceptor alone, and all of them in their order. */
const SUBJECTS = [...INTERCEPTORS.map(({ name }) => name), 'all of them together'];

describe.each(SUBJECTS)('the call interceptor %s', (name) => {
  let module: TestingModule;
  let wrap: (send: Send) => Send;

  beforeAll(async () => {
    module = await Test.createTestingModule({ imports: [ResilienceModule] })
      .overrideProvider(Config)
      .useValue(config)
      .compile();
    await module.init();
    const type = INTERCEPTORS.find((each) => each.name === name);
    const alone = type && module.get<CallInterceptor>(type);
    wrap = alone ? (send) => (attempt) => alone.intercept(attempt, send) : (send) => module.get(Resilience).wrap(send);
  });
  afterAll(() => module?.close());

  const ask = (inner: ScriptedSend, over: Partial<Attempt> = {}): Promise<Reply> =>
    wrap(inner.send)(anAttempt({ request: { ...QUESTION, stream: true }, ...over }));

  async function read(reply: Reply, seen: Piece[] = []): Promise<Piece[]> {
    for await (const piece of reply.pieces) seen.push(piece);
    return seen;
  }

  async function expectFaultless(): Promise<void> {
    const inner = new ScriptedSend(FAULTLESS);
    const reply = await ask(inner);
    expect(reply).toMatchObject({ provider: 'p', model: 'm', attempts: 1, dropped: [] });
    expect(reply.degraded).toBeUndefined();
    const pieces = await read(reply);
    expect(pieces).toEqual(FAULTLESS);
    for (const [i, { wire }] of pieces.entries()) expect(wire?.bytes).toBe(FAULTLESS[i].wire?.bytes);
    expect(inner).toMatchObject({ calls: 1, returned: 0, open: 0 });
  }

  it('passes a faultless reply on piece by piece, its bytes untouched', expectFaultless);

  it('asks for no piece before its reader does, but for the beginning', async () => {
    const inner = new ScriptedSend(FAULTLESS);
    const reply = await ask(inner);
    await turn();
    expect(inner.pulled).toBeLessThanOrEqual(2);
    let taken = 0;
    for await (const piece of reply.pieces) {
      expect(piece).toEqual(FAULTLESS[taken++]);
      await turn();
      expect(inner.pulled).toBeLessThanOrEqual(Math.max(2, taken));
    }
  });

  it.each<[ErrorCode, ErrorFacts]>([
    ['provider_failed', {}],
    ['overloaded', { retryAfter: 0.001 }],
    ['deadline_exceeded', { blame: 'provider' }],
    ['deadline_exceeded', {}],
    ['model_not_found', { blame: 'provider', param: 'model' }],
    ['invalid_request', { blame: 'caller', param: 'messages' }],
    ['prompt_too_large', { blame: 'caller' }],
    ['internal', {}],
  ])('lets %s come out as what it is', async (code, facts) => {
    const failure = new GatewayError(code, 'no', facts);
    const inner = new ScriptedSend([], () => Promise.reject(failure));
    const asked = ask(inner);
    await expect(asked).rejects.toBeInstanceOf(GatewayError);
    await expect(asked).rejects.toMatchObject({ code, message: 'no', facts });
    expect(inner.open).toBe(0);
  });

  it('lets a stream break where it breaks, and never asks for it again', async () => {
    const inner = new ScriptedSend([start, one, broken]);
    const seen: Piece[] = [];
    await expect(read(await ask(inner), seen)).rejects.toMatchObject({ code: 'overloaded' });
    expect(seen).toEqual([start, one]);
    expect(inner).toMatchObject({ calls: 1, open: 0 });
  });

  it('closes the stream exactly once when its reader has had enough', async () => {
    const inner = new ScriptedSend(FAULTLESS);
    for await (const piece of (await ask(inner)).pieces) if (piece.events[0]?.type === 'text') break;
    expect(inner).toMatchObject({ calls: 1, returned: 1, open: 0 });
  });

  it('ends at once when the caller is gone before, while or after the provider is asked', async () => {
    const before = ask(new ScriptedSend(FAULTLESS), { signal: AbortSignal.abort(gone) });
    await expect(before).rejects.toMatchObject({ code: 'client_closed' });

    const waiting = new AbortController();
    const during = ask(new ScriptedSend([], ({ signal }) => aborted(signal)), { signal: waiting.signal });
    await turn();
    waiting.abort(gone);
    await expect(during).rejects.toMatchObject({ code: 'client_closed' });

    const reading = new AbortController();
    const inner = new ScriptedSend([start, one, 'silence']);
    const after = read(await ask(inner, { signal: reading.signal }));
    await turn();
    reading.abort(gone);
    await expect(after).rejects.toMatchObject({ code: 'client_closed' });
    expect(inner.open).toBe(0);
  });

  /** How calls end, and what their readers see of it. */
  const ENDINGS = {
    answered: { steps: FAULTLESS, outcome: 5 },
    failed: { steps: [broken], outcome: 'overloaded' },
    broken: { steps: [start, one, broken], outcome: 'overloaded' },
    left: { steps: FAULTLESS, outcome: 1 },
    gone: { steps: ['silence'], outcome: 'client_closed' },
    'gone later': { steps: [start, one, 'silence'], outcome: 'client_closed' },
  } as const satisfies Record<string, { steps: readonly Step[]; outcome: number | ErrorCode }>;
  type Ending = keyof typeof ENDINGS;

  async function endingWith(ending: Ending): Promise<{ outcome: number | ErrorCode; open: number }> {
    const inner = new ScriptedSend(ENDINGS[ending].steps);
    const caller = new AbortController();
    if (ending.startsWith('gone')) setTimeout(() => caller.abort(gone), 5);
    let taken = 0;
    try {
      for await (const _ of (await ask(inner, { signal: caller.signal })).pieces)
        if (++taken && ending === 'left') break;
    } catch (error) {
      return { outcome: GatewayError.from(error).code, open: inner.open };
    }
    return { outcome: taken, open: inner.open };
  }

  it(`holds nothing after ${CALLS} calls at a time, however they end`, async () => {
    const endings = fc.array(fc.constantFrom(...(Object.keys(ENDINGS) as Ending[])), {
      minLength: CALLS,
      maxLength: CALLS,
    });
    await fc.assert(
      fc.asyncProperty(endings, async (drawn) => {
        expect(await Promise.all(drawn.map(endingWith))).toEqual(
          drawn.map((ending) => ({ outcome: ENDINGS[ending].outcome, open: 0 })),
        );
      }),
      { numRuns: 4 },
    );
  });

  it('has room for as many again', async () => {
    let entered = 0;
    let open: () => void = () => undefined;
    const all = new Promise<void>((resolve) => void (open = resolve));
    const together = (): Promise<void> => {
      if (++entered === CALLS) open();
      return all;
    };
    const calls = Array.from({ length: CALLS }, async () => read(await ask(new ScriptedSend(FAULTLESS, together))));
    expect((await Promise.all(calls)).every((pieces) => pieces.length === FAULTLESS.length)).toBe(true);
    await expectFaultless();
  });
});
