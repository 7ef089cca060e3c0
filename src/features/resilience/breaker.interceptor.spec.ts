import type { Attempt } from '../../contract/attempt';
import { anAttempt, policies } from '../../../test/support/attempt';
import { GatewayError, type ErrorFacts } from '../../contract/errors';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import { BreakerInterceptor } from './breaker.interceptor';
import { Breakers, type BreakerView, type Permit } from './breakers';

const text: Piece = { events: [{ type: 'text', block: 0, text: 'hi' }] };
const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };
const provider = new GatewayError('provider_failed', 'no');
const deadline = (facts?: ErrorFacts) => new GatewayError('deadline_exceeded', 'late', facts);

/** Notes what is said of each call. */
class Notes extends Breakers {
  readonly said: string[] = [];
  refusal: GatewayError | undefined;
  waits = false;

  override admit(_: unknown, withinMs: number): Permit | Promise<Permit> {
    if (this.refusal) throw this.refusal;
    this.said.push(withinMs > 9_000 && withinMs <= 10_000 ? 'admitted' : `admitted for ${withinMs}`);
    const permit: Permit = {
      began: () => void this.said.push('began'),
      ended: (outcome) => void this.said.push(outcome),
    };
    return this.waits ? Promise.resolve(permit) : permit;
  }

  override states(): readonly BreakerView[] {
    return [];
  }

  override renew(): void {}
}

function setUp(steps: readonly (Piece | Error)[], document = {}) {
  const breakers = new Notes();
  const interceptor = new BreakerInterceptor(policies(document), breakers);
  const caller = new AbortController();
  const seen = { calls: 0, closed: 0 };
  async function* pieces(): AsyncGenerator<Piece> {
    try {
      for (const step of steps) {
        if (step instanceof Error) throw step;
        yield step;
      }
    } finally {
      seen.closed++;
    }
  }
  const ask = (failure?: unknown, over: Partial<Attempt> = {}): Promise<Reply> =>
    interceptor.intercept(anAttempt({ signal: caller.signal, ...over }), () => {
      seen.calls++;
      if (failure !== undefined) return Promise.reject(failure as Error);
      return Promise.resolve({ provider: 'p', model: 'm', attempts: 1, dropped: [], pieces: pieces() });
    });
  return { ask, breakers, caller, seen };
}

async function read(reply: Reply): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of reply.pieces) pieces.push(piece);
  return pieces;
}

describe('BreakerInterceptor', () => {
  it('says that an answer began, and that it ended before its last piece is handed out', async () => {
    const { ask, breakers } = setUp([text, end]);
    const reply = await ask();
    expect(breakers.said).toEqual(['admitted', 'began']);
    const seen: string[] = [];
    for await (const piece of reply.pieces) seen.push(`${piece === end ? 'end' : 'text'} ${breakers.said.at(-1)}`);
    expect(seen).toEqual(['text began', 'end success']);
    expect(breakers.said).toHaveLength(3);
  });

  it('does not call when it is refused', async () => {
    const { ask, breakers, seen } = setUp([]);
    breakers.refusal = new GatewayError('circuit_open', 'rest', { retryAfter: 3, attempts: 0 });
    await expect(ask()).rejects.toBe(breakers.refusal);
    expect(seen.calls).toBe(0);
  });

  it('waits to be let through', async () => {
    const { ask, breakers } = setUp([text, end]);
    breakers.waits = true;
    expect(await read(await ask())).toEqual([text, end]);
    expect(breakers.said).toEqual(['admitted', 'began', 'success']);
  });

  it('lets everything pass where the policy has no breaker', async () => {
    const { ask, breakers } = setUp([text, end], { providers: { p: { breaker: { enabled: false } } } });
    breakers.refusal = provider;
    expect(await read(await ask())).toEqual([text, end]);
    await expect(ask(provider)).rejects.toBe(provider);
    expect(breakers.said).toEqual([]);
  });

  it.each([
    ['the provider failed', provider, 'failure'],
    ['the provider is overloaded', new GatewayError('overloaded', 'x'), 'failure'],
    ['the provider took too long', deadline({ blame: 'provider' }), 'failure'],
    ['the model is not there', new GatewayError('model_not_found', 'x', { blame: 'provider' }), 'ignored'],
    ['the caller was in a hurry', deadline(), 'ignored'],
    ['the request was wrong', new GatewayError('invalid_request', 'x', { blame: 'caller' }), 'ignored'],
    ['the key is at its limit', new GatewayError('rate_limited', 'x'), 'ignored'],
    ['the key was refused', new GatewayError('provider_failed', 'x', { blame: 'key' }), 'ignored'],
    ['the caller left', new GatewayError('client_closed', 'x'), 'ignored'],
    ['this process is at fault', new TypeError('x'), 'ignored'],
  ])('when %s: as it was thrown, and counted as it should be', async (_, error, outcome) => {
    const { ask, breakers } = setUp([]);
    await expect(ask(error)).rejects.toBe(error);
    expect(breakers.said).toEqual(['admitted', outcome]);
  });

  it('does not judge a provider by the little time that a caller in a hurry gave it', async () => {
    const { ask, breakers } = setUp([]);
    const error = deadline({ blame: 'provider' });
    await expect(ask(error, { hurried: true })).rejects.toBe(error);
    expect(breakers.said).toEqual(['admitted', 'ignored']);
  });

  it('does not blame the provider for what breaks after the caller left', async () => {
    const { ask, breakers, caller } = setUp([]);
    caller.abort();
    await expect(ask(provider)).rejects.toBe(provider);
    expect(breakers.said).toEqual(['admitted', 'ignored']);
  });

  it.each([
    ['the provider breaks', [text, provider], 'failure'],
    ['simply stops', [text], 'failure'],
    ['breaks for a reason of the caller', [text, new GatewayError('client_closed', 'x')], 'success'],
  ])('a stream that %s', async (_, steps, outcome) => {
    const { ask, breakers } = setUp(steps);
    await read(await ask()).catch(() => undefined);
    expect(breakers.said).toEqual(['admitted', 'began', outcome]);
  });

  it('takes an answer that was abandoned for a success, and passes on that it was', async () => {
    const { ask, breakers, seen } = setUp([text, text, end]);
    for await (const piece of (await ask()).pieces) if (piece === text) break;
    expect(breakers.said).toEqual(['admitted', 'began', 'success']);
    expect(seen.closed).toBe(1);
  });

  it('takes an answer that broke because the caller left for a success', async () => {
    const { ask, breakers, caller } = setUp([text, provider]);
    const reply = await ask();
    caller.abort();
    await expect(read(reply)).rejects.toBe(provider);
    expect(breakers.said).toEqual(['admitted', 'began', 'success']);
  });
});
