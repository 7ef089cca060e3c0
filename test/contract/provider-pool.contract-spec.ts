import { createProvider } from '../../src/features/providers/providers';
import { LiveKeys } from '../../src/platform/secrets/live-keys';
import { anAttempt, QUESTION } from '../support/attempt';
import { until } from '../support/ask';
import { Upstream } from '../support/upstream';
import { framesFor } from '../support/vendor-replies';
import { rests, says } from '../support/upstream-scripts';

const CALLS = 1_000;

describe('a provider over HTTP', () => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await Upstream.start();
  });
  afterAll(() => upstream.close());

  const provider = (connections: number) =>
    createProvider({
      name: 'openai',
      type: 'openai',
      baseUrl: upstream.url,
      models: [],
      place: 'external',
      apiKeys: LiveKeys.of('sk-a', 'sk-b'),
      connections,
      connectMs: 5_000,
      totalMs: 60_000,
    });

  it('has as many streams under way at once as it has connections: none waits unseen', async () => {
    const openai = provider(CALLS);
    let finish = (): void => undefined;
    const over = new Promise<void>((resolve) => (finish = resolve));
    upstream.answers((exchange) => rests(framesFor(exchange, 'hi'), 1, over)(exchange));
    const request = { ...QUESTION, stream: true };
    const asked = Array.from({ length: CALLS }, () => openai.send(anAttempt({ request })));
    await until(() => upstream.open === CALLS || undefined, 15_000);
    const replies = await Promise.all(asked);
    finish();
    for (const { pieces } of replies) for await (const piece of pieces) expect(piece.events).toBeDefined();
    expect(upstream.exchanges).toHaveLength(CALLS);
    await openai.close();
  });

  it('uses the key it is told to, and reports what is left of it', async () => {
    const openai = provider(1);
    upstream.answers((exchange) => {
      exchange.response.setHeader('x-ratelimit-remaining-requests', '7');
      return says('hi')(exchange);
    });
    for (const index of [1, 0, 1]) {
      const { pieces, quota } = await openai.send(anAttempt({ key: { index, spare: true } }));
      for await (const piece of pieces) expect(piece.events).toBeDefined();
      expect(quota).toEqual({ requests: { remaining: 7 } });
    }
    expect(upstream.exchanges.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer sk-b',
      'Bearer sk-a',
      'Bearer sk-b',
    ]);
    await openai.close();
  });
});
