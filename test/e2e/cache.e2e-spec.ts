import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, recordOf, until } from '../support/ask';
import { CacheSite, CHAT, held, MODEL, type Way } from '../support/cache-site';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS } from '../support/inference-doors';
import { type Script, Upstream } from '../support/upstream';
import { json, says } from '../support/upstream-scripts';

const POLICIES = `
defaults:
  retry: { attempts: 1 }
  breaker: { enabled: false }
  degradation: { template: false }
  cache: { unsaidTemperature: 0 }
tenants:
  brief: { cache: { ttlSeconds: 1 }, degradation: { stale: true } }
  swr: { cache: { ttlSeconds: 1, swrSeconds: 600 } }
  never: { cache: { nondeterministic: never } }
  always: { cache: { nondeterministic: always } }
  off: { cache: { exact: false } }
`;
const TENANTS = ['plain', 'other', 'brief', 'swr', 'never', 'always', 'off', 'purged', 'guarded'] as const;
type Tenant = (typeof TENANTS)[number];
type Site = CacheSite<Tenant>;
const TOOLS = [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }];

describe('the exact cache', () => {
  let site: Site;
  let upstream: Upstream;
  let gateway: Gateway;
  let second: Gateway;
  let keys: Site['keys'];
  let ids: Site['ids'];

  beforeAll(async () => {
    site = await CacheSite.start(TENANTS, POLICIES);
    ({ upstream, gateway, second, keys, ids } = site);
  }, 60_000);
  afterAll(() => site?.close());

  const api: Site['api'] = (...asked) => site.api(...asked);
  const newKey: Site['newKey'] = (...asked) => site.newKey(...asked);
  const call: Site['call'] = (...asked) => site.call(...asked);
  const kept: Site['kept'] = (...asked) => site.kept(...asked);

  it('gives the answer to the same request again, in every process, and says what that saved', async () => {
    await kept('plain', 'hit', 'the first');
    upstream.answers(says('the second'));
    for (const at of [gateway, second]) {
      const hit = await until(async () => {
        const reply = await call('plain', 'hit', { at, headers: { 'x-request-id': 'saved' } });
        return reply.use === 'hit' ? reply : undefined;
      });
      expect([hit.said, hit.headers['x-gatehouse-attempts']]).toEqual(['the first', '0']);
    }
    expect(upstream.exchanges).toHaveLength(0);
    expect(await recordOf(gateway, 'saved')).toMatchObject({
      cache: 'hit',
      cache_reason: null,
      usage: { input_tokens: 0, output_tokens: 0 },
      saved_usage: { input_tokens: 5, output_tokens: 7 },
    });
  });

  it('gives it to no other tenant', async () => {
    await kept('plain', 'mine', 'a secret');
    upstream.answers(says('another'));
    expect(await call('other', 'mine')).toMatchObject({ said: 'another', use: 'miss' });
  });

  it.each<[string, Tenant, object, string | undefined, string]>([
    ['the caller wants none', 'plain', {}, 'no-store', 'no-store'],
    ['the caller wants a new one', 'plain', {}, 'refresh', 'refresh'],
    ['it is switched off', 'off', {}, undefined, 'policy'],
    ['it is switched off, whatever the caller says', 'off', {}, 'use', 'policy'],
    ['the call has tools', 'plain', { tools: TOOLS }, undefined, 'tools'],
    ['the temperature is high', 'plain', { temperature: 0.9 }, undefined, 'nondeterministic'],
    ['there are to be several answers', 'plain', { n: 2 }, undefined, 'nondeterministic'],
    ['asking is of no use', 'never', { tools: TOOLS }, 'use', 'tools'],
    ['nobody knows what is asked', 'plain', { logit_bias: { 5: 1 } }, undefined, 'not-repeatable'],
    ['probabilities are asked for', 'plain', { logprobs: true }, 'use', 'not-repeatable'],
  ])('keeps away from it, and says why, when %s', async (what, tenant, over, cache, why) => {
    for (const answer of ['one', 'two']) {
      upstream.answers(says(answer));
      const headers = { 'x-request-id': `why-${why}-${answer}`, ...(cache && { 'x-gatehouse-cache': cache }) };
      const reply = await call(tenant, `away ${what}`, { over, headers });
      expect([reply.said, reply.use]).toEqual([answer, 'bypass']);
      expect(await recordOf(gateway, headers['x-request-id'])).toMatchObject({ cache: 'bypass', cache_reason: why });
    }
  });

  it('says of a miss whether there was none, or an old one', async () => {
    const missed = async (answer: string, requestId: string) => {
      upstream.answers(says(answer));
      const reply = await call('brief', 'old', { headers: { 'x-request-id': requestId } });
      expect(reply.said).toBe(answer);
      return (await recordOf(gateway, requestId))['cache_reason'];
    };
    expect(await missed('one', 'miss-1')).toBe('absent');
    await new Promise((next) => setTimeout(next, 1_100));
    // it is kept for longer, for bad days
    expect(await missed('two', 'miss-2')).toBe('expired');
  });

  const toolCall = (name: string): Script =>
    json({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4o',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: '{"a":1}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    });

  it.each<[Tenant, string | undefined]>([
    ['plain', 'use'],
    ['always', undefined],
  ])('repeats tool calls, whole and streamed, where that was asked for: %s', async (tenant, cache) => {
    const headers: Record<string, string> = cache ? { 'x-gatehouse-cache': cache } : {};
    upstream.answers(toolCall('find'));
    await call(tenant, 'tools', { over: { tools: TOOLS }, headers });
    upstream.answers(toolCall('other'));
    const whole = await call(tenant, 'tools', { over: { tools: TOOLS }, headers });
    expect(whole.use).toBe('hit');
    expect(JSON.parse(whole.text)).toMatchObject({
      choices: [
        {
          message: { tool_calls: [{ id: 'call_1', function: { name: 'find', arguments: '{"a":1}' } }] },
          finish_reason: 'tool_calls',
        },
      ],
    });
    const streamed = await call(tenant, 'tools', { over: { tools: TOOLS }, headers, stream: true });
    expect(streamed.use).toBe('hit');
    expect(streamed.text).toContain('"name":"find"');
    expect(streamed.text).toContain('"finish_reason":"tool_calls"');
    expect(upstream.exchanges).toHaveLength(0);
  });

  it.each(DOORS)('streams a kept answer as streams come, in parts: $name', async (door) => {
    const text = 'From Monday to Friday we are open from nine to eighteen, and on Saturdays until noon.';
    await kept('plain', `parts ${door.name}`, text, { door });
    const hit = await call('plain', `parts ${door.name}`, { door, stream: true });
    expect([hit.use, hit.said]).toEqual(['hit', text]);
    expect(hit.text.split('\ndata: ').length).toBeGreaterThan(5);
  });

  it('gives an old answer at once while one call in the background asks for a new one, on its own record', async () => {
    await kept('swr', 'news', 'the old');
    upstream.answers(says('the new'));
    const longest = 'swr.'.repeat(32);
    const stale = await until(async () => {
      const reply = await call('swr', 'news', { headers: { 'x-request-id': longest } });
      return reply.use === 'stale' ? reply : undefined;
    });
    expect([stale.said, stale.headers['x-gatehouse-degraded']]).toEqual(['the old', undefined]);
    expect(stale.headers['x-request-id']).toBe(longest);
    const renewal = `${longest.slice(0, 120)}.refresh`;
    const fresh = await until(async () => {
      const reply = await call('swr', 'news');
      return reply.use === 'hit' ? reply : undefined;
    });
    expect(fresh.said).toBe('the new');
    expect(upstream.exchanges).toHaveLength(1);
    const { data } = (await api('GET', `/v1/audit/entries?event=llm.response&tenant=${ids.swr}&limit=50`)).body;
    const renewed = (data as { request_id: string }[]).filter(({ request_id: id }) => id.endsWith('.refresh'));
    expect(renewed).toMatchObject([{ request_id: renewal }]);
    expect(await recordOf(gateway, renewed[0]!.request_id)).toMatchObject({
      status: 'answered',
      cache: 'bypass',
      cache_reason: 'revalidation',
      usage: { output_tokens: 7 },
    });
  });

  it('reads kept answers with the guards each time, and asks anew when their policy is another', async () => {
    const [address, answer] = ['ida@people.example', 'Write to ida@people.example for more.'];
    const set = (personalData: string) =>
      api('PUT', `/v1/policies/guards?tenant=${ids.guarded}`, { policy: { output: { personalData } } });
    const given = async () => {
      upstream.answers(says(answer));
      const { use, said, headers } = await call('guarded', 'guards');
      expect(headers['x-gatehouse-guards']).toContain('output.pii');
      return [use, said.includes(address), upstream.exchanges.length];
    };
    await set('monitor');
    expect(await given()).toEqual(['miss', true, 1]);
    expect(await given()).toEqual(['hit', true, 0]);
    await set('mask');
    expect(await given()).toEqual(['miss', false, 1]);
    // what is kept is what the model said: it was read once more
    expect(await given()).toEqual(['hit', false, 0]);
    await set('block');
    upstream.answers(says(answer));
    for (let i = 0; i < 2; i++) expect((await call('guarded', 'guards')).text).not.toContain(address);
    await set('monitor');
    expect(await given()).toEqual(['hit', true, 0]);
  });

  it('does not give to one person what was said of another, though both are tokens to the model', async () => {
    const echo: Script = (exchange) => says(`You said ${JSON.stringify(exchange.body['messages'])}`)(exchange);
    upstream.answers(echo);
    const said = async (cpf: string) => {
      const { use, text } = await call('plain', `Who has CPF ${cpf}?`);
      return [use, text.includes(cpf)];
    };
    expect(await said('529.982.247-25')).toEqual(['miss', true]);
    expect(await said('529.982.247-25')).toEqual(['hit', true]);
    expect(await said('168.995.350-09')).toEqual(['miss', true]);
    expect(upstream.exchanges.map(({ raw }) => raw.toString()).join()).not.toMatch(/529\.982|168\.995/);
  });

  describe('purging', () => {
    const purge = (query: string, key = keys.purged) => api('DELETE', `/v1/cache${query}`, undefined, key);
    const use = async (prompt: string, way: Way = {}) => (await call('purged', prompt, way)).use;

    it.each<[string, Way, string]>([
      ['of a user', { headers: { 'x-user-id': 'ida@people.example' } }, '?user=ida%40people.example'],
      ['of a tag', { headers: { 'x-gatehouse-tags': 'blue' } }, '?tag=blue'],
      ['of a model', { over: { model: 'openai/gpt-4o-mini' } }, '?model=openai/gpt-4o-mini'],
    ])('removes those %s, in all processes, and no others', async (what, way, query) => {
      await kept('purged', what, 'gone', way);
      await kept('purged', `${what} not`, 'stays');
      for (const at of [gateway, second]) expect(await use(what, { ...way, at })).toBe('hit');
      upstream.answers(says('new'));
      expect(await purge(query)).toEqual({ status: 200, body: { purged: 1 } });
      expect(await use(what, { headers: { 'x-gatehouse-cache': 'no-store' } })).toBe('bypass');
      await until(async () => ((await use(what, { ...way, at: second })) === 'miss' ? true : undefined));
      expect(await use(`${what} not`)).toBe('hit');
      expect(await purge(query)).toEqual({ status: 200, body: { purged: 1 } });
      expect(await purge(query)).toEqual({ status: 200, body: { purged: 0 } });
    });

    it('removes those of an API key, or of the whole tenant, and none of another', async () => {
      const { id, key } = await newKey('purged', ['client']);
      await kept('purged', 'by key', 'gone', { key });
      await kept('other', 'neighbour', 'stays');
      expect((await purge(`?key=${id}`)).body).toEqual({ purged: 1 });
      await kept('purged', 'all', 'gone');
      expect((await purge('')).body['purged']).toBeGreaterThan(0);
      expect(await use('all')).toBe('miss');
      expect((await call('other', 'neighbour')).use).toBe('hit');
    });

    it('is for operators, of their own tenant or the root, and for one thing at a time', async () => {
      const { key } = await newKey('purged', ['client']);
      expect((await purge('', key)).status).toBe(403);
      expect((await purge(`?tenant=${ids.other}`)).status).toBe(404);
      expect((await purge(`?tenant=${ids.purged}`, gateway.rootKey)).status).toBe(200);
      expect((await purge('?user=a&tag=b')).status).toBe(400);
      expect((await purge('?who=a')).status).toBe(400);
    });

    it('is on record, without naming a person', async () => {
      await purge('?user=ida%40people.example');
      const { data } = (await api('GET', `/v1/audit/entries?event=cache.purge&tenant=${ids.purged}`)).body;
      expect((data as unknown[])[0]).toMatchObject({ event: 'cache.purge', metadata: { target: 'user' } });
      expect(JSON.stringify(data)).not.toContain('ida');
      expect(gateway.logs()).not.toContain('ida');
    });

    it('comes with the erasure of a person', async () => {
      const way = { headers: { 'x-user-id': 'ada@people.example' } };
      await kept('purged', 'erase', 'about her', way);
      expect(await use('erase', way)).toBe('hit');
      const shred = () =>
        api('POST', '/v1/audit/subjects/ada%40people.example/shred', { basis: 'GDPR 17(1)(b)' }, keys.purged);
      const asked = await shred();
      expect(asked.status).toBe(202);
      expect(await use('erase', way)).toBe('hit');
      const officer = await newKey('purged', ['admin']);
      const decided = await api(
        'POST',
        `/v1/audit/approvals/${String(asked.body['approval'])}/approve`,
        {},
        officer.key,
      );
      expect(decided.status).toBe(200);
      expect((await shred()).status).toBe(200);
      expect(await use('erase', way)).toBe('miss');
    });
  });

  it('counts what it did', async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    for (const result of ['hit', 'miss', 'bypass', 'stale'])
      expect(metrics).toMatch(new RegExp(`llm_cache_requests_total\\{result="${result}"\\} [1-9]`));
    const rate = Number(/^llm_cache_hit_rate ([\d.]+)$/m.exec(metrics)?.[1]);
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(1);
  });
});

describe('the exact cache as shipped', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = await Upstream.start();
    const policies = readFileSync(join(__dirname, '../../config/policies.yaml'), 'utf8');
    gateway = await startGateway({ env: upstream.env, policies });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });
  const uses = async (over: object) => {
    upstream.answers(says('hello'));
    const body = { ...CHAT.ask(MODEL, JSON.stringify(over), false), ...over };
    const replies = [];
    for (let i = 0; i < 2; i++) replies.push(await ask(gateway, CHAT.path, body));
    return replies.map(({ headers }) => headers['x-gatehouse-cache']);
  };

  it('repeats answers of calls that do not ask for variety', async () => {
    // vendors take none for 1
    expect(await uses({})).toEqual(['bypass', 'bypass']);
    expect(await uses({ temperature: 0 })).toEqual(['miss', 'hit']);
    expect(await uses({ temperature: 1 })).toEqual(['bypass', 'bypass']);
    expect(await uses({ tools: TOOLS })).toEqual(['bypass', 'bypass']);
  });

  it('asks once for equal calls without Redis, too', async () => {
    const { script, go } = held(says('once'));
    upstream.answers(script);
    const body = { ...CHAT.ask(MODEL, 'at one time', false), temperature: 0 };
    const calls = Array.from({ length: 200 }, () => ask(gateway, CHAT.path, body));
    await until(() => upstream.exchanges.length || undefined);
    go();
    for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
    expect(upstream.exchanges).toHaveLength(1);
  });
});
