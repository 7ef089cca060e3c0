import type { IncomingMessage } from 'node:http';
import { begin, recordOf, until } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS } from '../support/inference-doors';
import { Upstream } from '../support/upstream';
import { type Flood, floods, never, stalls } from '../support/upstream-scripts';
import { framesFor } from '../support/vendor-replies';

const MODELS = ['openai/gpt-4o', 'anthropic/claude-haiku-4-5'] as const;
const WAYS = DOORS.flatMap((door) => MODELS.map((model) => [door.name, model, door] as const));
const MEBIBYTE = 1_048_576;
const WITHIN_MS = 1_000;

describe('a caller that', () => {
  let upstream: Upstream;
  let gateway: Gateway;

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: upstream.env });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const cancelled = () => until(() => (upstream.aborted === 1 && upstream.open === 0) || undefined, WITHIN_MS);
  const requestIdOf = (response: IncomingMessage) => String(response.headers['x-request-id']);

  describe.each(WAYS)('at the door %s asks %s', (name, model, door) => {
    it('and hangs up in the middle of a stream cancels the provider’s call, and the record says so and what it used', async () => {
      upstream.answers((exchange) => stalls(framesFor(exchange, 'one two three').slice(0, 5).join(''))(exchange));
      const asking = begin(gateway, door.path, door.ask(model, 'Hello', true));
      const response = await asking.response;
      await new Promise((seen) => response.once('data', seen));
      asking.request.destroy();
      await cancelled();
      expect(await recordOf(gateway, requestIdOf(response))).toMatchObject({
        status: 'abandoned',
        stream: true,
        // nobody counted: what it used is estimated from what passed
        usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number), estimated: true },
      });
    });

    it.each([false, true])('and hangs up before the answer begins does the same (stream: %s)', async (stream) => {
      upstream.answers(never);
      const requestId = `gone-${name}-${model.replace('/', '-')}-${stream}`;
      const asking = begin(gateway, door.path, door.ask(model, 'Hello', stream), { 'x-request-id': requestId });
      await until(() => upstream.exchanges.length === 1 || undefined);
      asking.request.destroy();
      await cancelled();
      const { status, usage } = await recordOf(gateway, requestId);
      expect(status).toBe('abandoned');
      // the provider was at work: the prompt is counted, as an estimate
      expect(usage).toMatchObject({ output_tokens: 0, estimated: true });
      expect((usage as { input_tokens: number }).input_tokens).toBeGreaterThan(0);
    });

    it('and does not read makes the provider wait, and costs no memory', async () => {
      const flood: Flood = { taken: 0 };
      const [start = '', ...frames] = framesFor({ path: pathOf(model, door.path) }, 'x'.repeat(8_000));
      const delta = frames.find((frame) => frame.includes('xxx')) ?? '';
      const before = frames.slice(0, frames.indexOf(delta));
      upstream.answers(floods(flood, [start, ...before], delta, 200 * MEBIBYTE));
      const resident = await residentBytes();
      const asking = begin(gateway, door.path, door.ask(model, 'Hello', true));
      const response = await asking.response;
      const taken = await standsStill(() => flood.taken);
      expect(taken).toBeGreaterThan(delta.length);
      expect(taken).toBeLessThan(20 * MEBIBYTE);
      expect((await residentBytes()) - resident).toBeLessThan(80 * MEBIBYTE);
      response.destroy();
      await cancelled();
    });
  });

  async function residentBytes(): Promise<number> {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]);
  }
});

/** Where the provider is asked when a caller comes by this door. */
function pathOf(model: string, door: string): string {
  if (model.startsWith('anthropic')) return '/v1/messages';
  return door === '/v1/responses' ? door : '/v1/chat/completions';
}

/** The value that does not grow any more for a while. */
async function standsStill(value: () => number): Promise<number> {
  for (let last = -1; ; last = value()) {
    const still = value() === last && last > 0;
    if (still) return last;
    await new Promise((next) => setTimeout(next, 250));
  }
}
