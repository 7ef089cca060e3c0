import { ask, recordOf, type Reply } from '../support/ask';
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
  fast: [openai/cheap]
  balanced: [openai/gpt-4o]
  best: [anthropic/dear]
models:
  openai/gpt-4o: { capabilities: [tools, images, documents] }
  anthropic/claude-haiku-4-5: { capabilities: [tools, images, documents] }
  openai/blind: { capabilities: [] }
  openai/cheap: { capabilities: [] }
  anthropic/blind: { capabilities: [] }
`;
const PRICES = `
prices:
  anthropic/dear: { input: 1, output: 5 }
  openai/cheap: { input: 0.5, output: 1 }
  openai/gpt-4o: { input: 2.5, output: 10 }
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
selection:
  tasks:
    - { name: thrift, tenants: [thrifty], assess: true, trim: { whitespace: true, duplicates: true, turns: 2, step: 1 } }
    - { name: chores, tenants: [menial], level: low }
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

/** Which models were asked for. */
const models = ({ exchanges }: { exchanges: readonly Exchange[] }) => exchanges.map(({ body }) => body['model']);

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

  describe('a model is chosen', () => {
    const HARD = 'Debug this step by step and explain why:\n```\nlet a = 1;\n```';
    const keys: Record<string, string> = {};
    beforeAll(async () => {
      const made = async (path: string, body: object) =>
        JSON.parse((await ask(gateway, path, body)).text) as Record<string, string>;
      for (const name of ['thrifty', 'menial']) {
        const tenant = (await made('/v1/tenants', { name }))['id'];
        keys[name] = (await made('/v1/keys', { name, tenant }))['key'] as string;
      }
      keys['auto'] = (await made('/v1/keys', { name: 'auto', models: ['auto'] }))['key'] as string;
      keys['modest'] = (await made('/v1/keys', { name: 'modest', models: ['fast', 'balanced'] }))['key'] as string;
    });
    const as = (name: string) => ({ authorization: `Bearer ${keys[name]}` });
    const given = (level: string) => ({ 'x-gatehouse-complexity': level });
    const asked = () => [...models(openai), ...models(anthropic)];

    it.each(WAYS)('as hard as the caller says, at the door $door.name, streamed $stream', async ({ door, stream }) => {
      for (const [model, level, expected] of [
        ['auto', 'low', 'cheap'],
        ['auto', 'medium', 'gpt-4o'],
        ['auto', 'high', 'dear'],
        ['best', 'low', 'cheap'],
        ['fast', 'high', 'dear'],
        // a model that is named is what is meant
        ['openai/gpt-4o', 'low', 'gpt-4o'],
      ] as const) {
        openai.answers(says('x'));
        anthropic.answers(says('x'));
        const answer = await ask(gateway, door.path, door.ask(model, HARD, stream), given(level));
        expect([answer.status, answer.headers['x-gatehouse-model'], asked()]).toEqual([200, expected, [expected]]);
        expect(answer.headers['x-gatehouse-complexity']).toBe(model === 'openai/gpt-4o' ? undefined : level);
      }
      const inBody = { ...door.ask('auto', 'Hello', stream), gatehouse: { complexity: 'high' } };
      expect((await ask(gateway, door.path, inBody)).headers['x-gatehouse-model']).toBe('dear');
      expect(anthropic.last.body).not.toHaveProperty('gatehouse');
    });

    it.each(DOORS.map((door) => [door.name, door] as const))('as hard as it looks, at the door %s', async (_name, door) => {
      for (const [prompt, expected] of [['Hello', 'cheap'], [HARD, 'dear']] as const) {
        const answer = await ask(gateway, door.path, door.ask('auto', prompt, false));
        expect([answer.status, answer.headers['x-gatehouse-model']]).toEqual([200, expected]);
      }
    }); // prettier-ignore

    it('as the policy says, never a harder one than was asked for, and never one that the key may not use', async () => {
      const modelFor = async (key: string, model: string, prompt: string, headers = {}) =>
        (await ask(gateway, '/v1/chat/completions', DOORS[0].ask(model, prompt, false), { ...as(key), ...headers })).headers['x-gatehouse-model'];
      expect(await modelFor('thrifty', 'best', 'Hello')).toBe('cheap');
      expect(await modelFor('thrifty', 'fast', HARD)).toBe('cheap');
      expect(await modelFor('menial', 'best', HARD)).toBe('cheap');
      expect(await modelFor('menial', 'best', HARD, given('high'))).toBe('dear');
      expect(await modelFor('auto', 'auto', HARD)).toBe('dear');
      expect(await modelFor('auto', 'best', HARD)).toBeUndefined();
      expect(await modelFor('modest', 'fast', HARD, given('high'))).toBe('gpt-4o');
    }); // prettier-ignore

    it('that takes what the call holds', async () => {
      const answer = await ask(gateway, '/v1/chat/completions', withImage('auto'), given('low'));
      expect(answer.headers['x-gatehouse-model']).toBe('gpt-4o');
    });

    it('and the record says why, and what that saved', async () => {
      const answer = await ask(gateway, '/v1/chat/completions', DOORS[0].ask('best', 'Hello', false), { ...as('thrifty'), 'x-request-id': 'chosen-1' });
      expect(answer.status).toBe(200);
      expect(await recordOf(gateway, 'chosen-1')).toMatchObject({
        model: 'fast',
        provider_model: 'cheap',
        task: 'thrift',
        selection: { level: 'low', by: 'assessed', reasons: [], asked: 'best', chosen: 'fast' },
        // five and seven tokens: 5 × (1 - 0.5) + 7 × (5 - 1) micro-dollars
        saved: [{ by: 'selection', tokens: 0, usd: '0.000031' }],
      });
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      expect(metrics).toMatch(/llm_selected_total\{level="low",by="assessed"\} \d/);
      expect(metrics).toMatch(/llm_saved_usd_total\{by="selection"\} 0\.\d/);
    }); // prettier-ignore

    it('and its prompt is as short as the policy leaves it, in the caller’s dialect and in another', async () => {
      const document = `A document. ${'It goes on and on. '.repeat(20).trim()}`;
      const turn = (said: string) => [{ role: 'user', content: said }, { role: 'assistant', content: 'Yes.' }];
      const messages = [
        { role: 'system', content: 'Be brief.' },
        ...turn('Forgotten.'),
        ...turn(`${document}\n\nIs that so?`),
        { role: 'user', content: `${document}\n\n\n\nAnd why?  ` },
      ];
      const body = (model: string) => ({ model, messages });
      const own = await ask(gateway, '/v1/chat/completions', body('openai/gpt-4o'), { ...as('thrifty'), 'x-request-id': 'trimmed-1' });
      const kept = [
        { role: 'system', content: 'Be brief.' },
        ...turn('Is that so?'),
        { role: 'user', content: `${document}\n\nAnd why?  ` },
      ];
      expect(openai.last.body['messages']).toEqual(kept);
      expect(Number(own.headers['x-gatehouse-saved-tokens'])).toBeGreaterThan(80);
      expect(await recordOf(gateway, 'trimmed-1')).toMatchObject({ trimmed: { turns: 1, duplicates: 1 }, saved: [{ by: 'trimming' }] });

      await ask(gateway, '/v1/chat/completions', body('anthropic/dear'), as('thrifty'));
      expect(JSON.stringify(anthropic.last.body['messages'])).not.toContain('Forgotten');
      expect((JSON.stringify(anthropic.last.body['messages']).match(/A document/g) ?? []).length).toBe(1);

      const whole = await ask(gateway, '/v1/chat/completions', body('openai/gpt-4o'));
      expect(openai.last.body['messages']).toEqual(messages);
      expect(whole.headers['x-gatehouse-saved-tokens']).toBeUndefined();
    }); // prettier-ignore

    it('and what makes no sense is refused by name', async () => {
      const answer = await ask(gateway, '/v1/chat/completions', DOORS[0].ask('auto', 'Hello', false), given('hard'));
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('x-gatehouse-complexity must be one of')]);
    }); // prettier-ignore
  });
});
