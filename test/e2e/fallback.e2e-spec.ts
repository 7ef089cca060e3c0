import { ask, type Reply } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, type InferenceDoor, readStream } from '../support/inference-doors';
import { type Exchange, type Script, Upstream } from '../support/upstream';
import { cuts, hangsUp, json, never, raw, says } from '../support/upstream-scripts';
import { framesFor } from '../support/vendor-replies';

const SETTINGS = `
providers:
  nowhere: { type: local, baseUrl: "http://nowhere.invalid" }
  refusing: { type: local, baseUrl: "http://127.0.0.1:1" }
`;
const MODELS = `
aliases:
  pair: [openai/gpt-4o, anthropic/claude-haiku-4-5]
  reverse: [anthropic/claude-haiku-4-5, openai/gpt-4o]
  lost: [nowhere/model, anthropic/claude-haiku-4-5]
  refused: [refusing/model, anthropic/claude-haiku-4-5]
  patient: [openai/patient, anthropic/claude-haiku-4-5]
  blind-first: [openai/blind, anthropic/claude-haiku-4-5]
  blind-second: [openai/gpt-4o, anthropic/blind, anthropic/unknown]
  blind: [openai/blind, anthropic/blind]
  cheapest: [anthropic/dear, openai/cheap]
models:
  openai/gpt-4o: { capabilities: [tools, images, documents] }
  anthropic/claude-haiku-4-5: { capabilities: [tools, images, documents] }
  openai/blind: { capabilities: [] }
  anthropic/blind: { capabilities: [] }
`;
const PRICES = `
prices:
  anthropic/dear: { input: 1, output: 5 }
  openai/cheap: { input: 0.5, output: 1 }
`;
const POLICIES = `
defaults:
  timeout: { connectMs: 5000, firstTokenMs: 3000, answerMs: 3000 }
  retry: { attempts: 2, baseMs: 10, budgetMinimum: 10000 }
  breaker: { enabled: false }
  keys: { restMs: 1, maxRestMs: 1 }
models:
  openai/gpt-4o: { fallback: { to: [anthropic/claude-haiku-4-5] } }
  anthropic/dear: { fallback: { order: cost } }
  openai/patient: { timeout: { firstTokenMs: 30000, answerMs: 30000 } }
`;

const IMAGE = 'data:image/png;base64,iVBORw0KGgo=';
const withImage = (model: string) => ({
  model,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: IMAGE } },
      ],
    },
  ],
});
const withTools = (model: string) => ({
  model,
  messages: [{ role: 'user', content: 'What time is it?' }],
  tools: [{ type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } }],
});

const opensOnly: Script = (exchange) => cuts(framesFor(exchange, 'never said').slice(0, 1).join(''))(exchange);
const breaks: Script = (exchange) => cuts(framesFor(exchange, 'one two three').slice(0, 6).join(''))(exchange);
const fails = json({ error: { message: 'down', type: 'server_error' } }, 500);

const WAYS = DOORS.flatMap((door) => [false, true].map((stream) => ({ door, stream })));

interface Outcome {
  readonly way: string;
  readonly status: number;
  readonly text: string;
  readonly answeredBy: string;
  readonly attempts: string;
  readonly degraded: string;
}

describe('when a model does not answer', () => {
  let openai: Upstream;
  let anthropic: Upstream;
  let gateway: Gateway;

  beforeAll(async () => {
    [openai, anthropic] = await Promise.all([Upstream.start(), Upstream.start()]);
    gateway = await startGateway({
      env: { ...openai.env, ANTHROPIC_BASE_URL: anthropic.url },
      settings: SETTINGS,
      models: MODELS,
      policies: POLICIES,
      prices: PRICES,
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([openai?.close(), anthropic?.close()]);
  });
  beforeEach(() => {
    openai.answers(says('from OpenAI'));
    anthropic.answers(says('from Anthropic'));
  });

  const textOf = (door: InferenceDoor, stream: boolean, { status, text }: Reply): string => {
    if (status !== 200) return text;
    return stream ? readStream(door, text).text : door.text(JSON.parse(text));
  };

  /** The same call at every door, whole and streamed, all at the same time. */
  async function everywhere(model: string, ways = WAYS, headers?: Record<string, string>): Promise<Outcome[]> {
    const calls = ways.map(async ({ door, stream }): Promise<Outcome> => {
      const reply = await ask(gateway, door.path, door.ask(model, 'Hello', stream), headers);
      const header = (name: string) => String(reply.headers[`x-gatehouse-${name}`]);
      return {
        way: `${door.name} ${stream}`,
        status: reply.status,
        text: textOf(door, stream, reply),
        answeredBy: `${header('provider')}/${header('model')}`,
        attempts: header('attempts'),
        degraded: header('degraded'),
      };
    });
    return Promise.all(calls);
  }
  const standIn = (attempts: number, vendor: 'Anthropic' | 'OpenAI' = 'Anthropic', ways = WAYS): Outcome[] =>
    ways.map(({ door, stream }) => ({
      way: `${door.name} ${stream}`,
      status: 200,
      text: `from ${vendor}`,
      answeredBy: vendor === 'OpenAI' ? 'openai/gpt-4o' : 'anthropic/claude-haiku-4-5',
      attempts: String(attempts),
      degraded: 'fallback',
    }));

  it.each<[string, Script, number]>([
    ['fails with 500', fails, 3],
    ['is overloaded', json({ error: { message: 'busy' } }, 503), 3],
    ['has no quota left', json({ error: { message: 'quota' } }, 429), 2],
    ['refuses our key', json({ error: { message: 'who are you' } }, 401), 2],
    ['answers with a web page', raw('<html><body>Bad gateway</body></html>', 'text/html'), 3],
    ['answers with half a document', raw('{"id": "x", "choi', 'application/json'), 3],
    ['answers with something else', raw('[1, 2, 3]', 'application/json'), 3],
    ['hangs up', hangsUp, 3],
    ['hangs', never, 2],
  ])('that %s, the next one does, at every door', async (_what, script, attempts) => {
    openai.answers(script);
    expect(await everywhere('pair')).toEqual(standIn(attempts));
    expect(openai.exchanges).toHaveLength((attempts - 1) * WAYS.length);
  });

  it('and the vendors are listed the other way round, the other one does', async () => {
    anthropic.answers(fails);
    expect(await everywhere('reverse')).toEqual(standIn(3, 'OpenAI'));
  });

  it.each(['refused', 'lost'])('because it cannot be reached (%s), the next one does', async (alias) => {
    expect(await everywhere(alias)).toEqual(standIn(3));
  });

  it('beyond the opening of a stream, nobody has seen anything yet: the next one does', async () => {
    openai.answers(opensOnly);
    const streams = WAYS.filter(({ stream }) => stream);
    expect(await everywhere('pair', streams)).toEqual(standIn(3, 'Anthropic', streams));
  });

  it('to its end, what was said is not said again', async () => {
    openai.answers(breaks);
    for (const { door } of WAYS.filter(({ stream }) => stream)) {
      const answer = await ask(gateway, door.path, door.ask('pair', 'Hello', true));
      expect(answer.headers).toMatchObject({ 'x-gatehouse-provider': 'openai', 'x-gatehouse-attempts': '1' });
      expect(readStream(door, answer.text)).toMatchObject({ complete: false, failure: { message: expect.anything() } });
    }
    expect([openai.exchanges.length, anthropic.exchanges.length]).toEqual([3, 0]);
  });

  it('because the request is wrong, the caller is told, and nobody else is asked', async () => {
    openai.answers(json({ error: { message: 'messages: too odd', type: 'invalid_request_error' } }, 400));
    for (const { status, text } of await everywhere('pair')) {
      expect(status).toBe(400);
      expect(text).toContain('messages: too odd');
    }
    expect([openai.exchanges.length, anthropic.exchanges.length]).toEqual([WAYS.length, 0]);
  });

  it('within half of the time that the caller has, the next one does in the other half', async () => {
    openai.answers(never);
    expect(await everywhere('patient', WAYS, { 'x-gatehouse-timeout-ms': '4000' })).toEqual(standIn(2));
  });

  it('and no other one does either, it is the first failure that is told, and when to come back', async () => {
    openai.answers(fails);
    anthropic.answers(json({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } }, 529));
    const answer = await ask(gateway, '/v1/chat/completions', DOORS[0].ask('pair', 'Hello', false));
    expect(answer).toMatchObject({ status: 502, headers: { 'retry-after': '3' } });
    expect(answer.text).toContain('failed with status 500');
    expect([openai.exchanges.length, anthropic.exchanges.length]).toEqual([2, 2]);
  });

  it('is not what makes the cheapest one come first, where the operator wants that', async () => {
    const cheap = await ask(gateway, '/v1/chat/completions', DOORS[0].ask('cheapest', 'Hello', false));
    expect(cheap.headers).toMatchObject({ 'x-gatehouse-provider': 'openai', 'x-gatehouse-model': 'cheap' });
    expect(cheap.headers['x-gatehouse-degraded']).toBeUndefined();
  });

  describe('or cannot take what the call holds', () => {
    const chat = (body: object, headers?: Record<string, string>) =>
      ask(gateway, '/v1/chat/completions', body, headers);
    const models = ({ exchanges }: { exchanges: readonly Exchange[] }) => exchanges.map(({ body }) => body['model']);

    it.each([
      ['images', withImage],
      ['tools', withTools],
    ])('because it does not take %s, it is not asked, first or later', async (_what, body) => {
      const first = await chat(body('blind-first'));
      expect(first).toMatchObject({ status: 200, headers: { 'x-gatehouse-provider': 'anthropic' } });
      expect(first.headers['x-gatehouse-degraded']).toBeUndefined();
      expect(openai.exchanges).toEqual([]);

      openai.answers(fails);
      expect(await chat(body('blind-second'))).toMatchObject({ headers: { 'x-gatehouse-degraded': 'fallback' } });
      expect(new Set(models(anthropic))).toEqual(new Set(['claude-haiku-4-5']));
    });

    it('the caller is told what nobody behind the name takes', async () => {
      const answer = await chat(withImage('blind'));
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
        400,
        { error: { message: "No model behind 'blind' takes images", param: 'model' } },
      ]);
      expect([openai.exchanges, anthropic.exchanges]).toEqual([[], []]);
    });

    it('but was asked for by its own name, it says so itself', async () => {
      expect(await chat(withImage('openai/blind'))).toMatchObject({ status: 200 });
      expect(models(openai)).toEqual(['blind']);
    });
  });

  it('a key never gets further than it may, whatever the operator lists', async () => {
    const made = await ask(gateway, '/v1/keys', { name: 'narrow', models: ['openai/*'] });
    const { key } = JSON.parse(made.text) as { key: string };
    openai.answers(fails);
    const body = DOORS[0].ask('gpt-4o', 'Hello', false);
    const narrow = await ask(gateway, '/v1/chat/completions', body, { authorization: `Bearer ${key}` });
    expect([narrow.status, anthropic.exchanges]).toEqual([502, []]);
    const root = await ask(gateway, '/v1/chat/completions', body);
    expect(root).toMatchObject({ status: 200, headers: { 'x-gatehouse-provider': 'anthropic' } });
  });
});
