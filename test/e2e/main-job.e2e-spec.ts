import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { callsOf } from '../support/audit';
import { databaseText } from '../support/database-text';
import { startGateway, type Gateway } from '../support/gateway';

const run = promisify(execFile);

describe('the main job, on embedded defaults', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  }, 60_000);
  afterAll(() => gateway?.close());

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, { headers: { authorization: `Bearer ${gateway.rootKey}`, ...headers } });
  const say = (content: string, more: object = {}) => ({
    model: 'fast',
    messages: [{ role: 'user', content }],
    ...more,
  });

  it('prints a curl that works when pasted', async () => {
    const pasted = /^ {4}curl [\s\S]*?}'$/m.exec(gateway.logs())?.[0];
    const { stdout } = await run('sh', ['-c', `${pasted?.replace('curl', 'curl -sS')}`]);
    expect(JSON.parse(stdout)).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: expect.stringContaining('Say hello.') }, finish_reason: 'stop' }],
    });
  });

  it('answers at every door', async () => {
    const answers = await Promise.all([
      post('/v1/chat/completions', say('Hi')),
      post('/v1/responses', { model: 'fast', input: 'Hi' }),
      post('/v1/messages', say('Hi', { max_tokens: 50 })),
      post('/v1/messages/count_tokens', say('Hi')),
      post('/v1/embeddings', { model: 'embedding', input: 'Hi' }),
      get('/v1/models'),
      get('/v1/models', { 'anthropic-version': '2023-06-01' }),
    ]);
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as object[];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(bodies).toMatchObject([
      { object: 'chat.completion' },
      { object: 'response', status: 'completed', store: false },
      { type: 'message', stop_reason: 'end_turn' },
      { input_tokens: expect.any(Number) },
      { object: 'list', data: [{ object: 'embedding' }] },
      { object: 'list' },
      { has_more: false },
    ]);
  });

  it('streams at every door, with the grammar of the dialect', async () => {
    const ends = {
      '/v1/chat/completions': 'data: [DONE]',
      '/v1/responses': 'response.completed',
      '/v1/messages': 'message_stop',
    };
    for (const [path, end] of Object.entries(ends)) {
      const body = path === '/v1/responses' ? { model: 'fast', input: 'Hi' } : say('Hi', { max_tokens: 50 });
      const answer = await post(path, { ...body, stream: true });
      expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(answer.headers.get('x-gatehouse-provider')).toBe('sandbox');
      expect((await answer.text()).trimEnd().split('\n\n').at(-1)).toContain(end);
    }
  });

  it('says in headers what happened, and takes the caller’s request id', async () => {
    const answer = await post('/v1/chat/completions', say('Hi'), { 'x-request-id': 'mine-1' });
    await answer.text();
    const header = (name: string) => answer.headers.get(name);
    expect(header('x-request-id')).toBe('mine-1');
    expect(header('x-gatehouse-model')).toBe('fast');
    expect(header('x-gatehouse-attempts')).toBe('1');
    expect(Number(header('x-gatehouse-overhead-ms'))).toBeGreaterThanOrEqual(0);
    expect(Number(header('ratelimit-remaining'))).toBeLessThan(Number(header('ratelimit-limit')));
    expect(
      (await post('/v1/chat/completions', say('Hi'), { 'x-request-id': 'not well formed!' })).headers.get(
        'x-request-id',
      ),
    ).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps a record of every call, answered or not, without its content', async () => {
    const prompt = 'canary-prompt-4711';
    await (
      await post('/v1/messages', say(prompt, { max_tokens: 50, metadata: { user_id: 'canary-user-4711' } }), {
        'x-request-id': 'rec-1',
      })
    ).text();
    await (await post('/v1/chat/completions', say('sandbox:fail=overloaded'), { 'x-request-id': 'rec-2' })).text();
    await (
      await post('/v1/chat/completions', say(prompt, { model: 'no-such-canary-4711' }), { 'x-request-id': 'rec-3' })
    ).text();
    const [answered, failed, refused] = (await Promise.all(
      ['rec-1', 'rec-2', 'rec-3'].map(async (id) => (await get(`/v1/requests/${id}`)).json()),
    )) as object[];
    expect(answered).toMatchObject({
      status: 'answered',
      dialect: 'anthropic-messages',
      model: 'fast',
      provider: 'sandbox',
      finish_reason: 'stop',
      attempts: 1,
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number), estimated: true },
      prompt: { hash: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/), characters: prompt.length },
      user_ref: expect.stringMatching(/^s_[\w-]{22}$/),
    });
    expect(failed).toMatchObject({ status: 'failed', error_code: 'overloaded', attempts: 3 });
    expect(refused).toMatchObject({ status: 'refused', error_code: 'model_not_found', model: null, provider: null });

    const stored = await databaseText(gateway.databaseUrl);
    expect(stored).toContain('rec-1');
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    // a few digits alone also occur in hashes
    const canary = Buffer.from('canary-').toString('hex');
    expect([stored, gateway.logs(), metrics].join('\n')).not.toMatch(new RegExp(`canary-|${canary}`));
  });

  it('fails in the ways it is told to', async () => {
    const fails = async (content: string, more: object = {}) =>
      (await post('/v1/chat/completions', say(content, more))).status;
    expect(await fails('sandbox:fail=rate_limited')).toBe(429);
    expect(await fails('sandbox:fail=deadline_exceeded')).toBe(504);
    expect(await fails('sandbox:cut')).toBe(502);
    expect(await (await post('/v1/chat/completions', say('sandbox:cut', { stream: true }))).text()).toMatch(
      /"error":\{[^\n]*\n\n$/,
    );
    const hung = await post('/v1/chat/completions', say('sandbox:hang'), { 'x-gatehouse-timeout-ms': '50' });
    expect([hung.status, ((await hung.json()) as { error: { code: string } }).error.code]).toEqual([
      504,
      'deadline_exceeded',
    ]);
  });

  it('answers probes, metrics and its own description to everybody', async () => {
    const open = await Promise.all(
      ['/health/live', '/health/ready', '/health/startup', '/health', '/metrics', '/docs', '/docs/openapi.json'].map(
        (path) => fetch(gateway.url + path),
      ),
    );
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200));
    const { paths } = (await (open[6] as Response).json()) as { paths: Record<string, object> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/v1/chat/completions',
        '/v1/messages',
        '/v1/responses',
        '/v1/embeddings',
        '/v1/keys',
        '/v1/requests/{id}',
      ]),
    );
    expect(await open[4]?.text()).toContain('llm_requests_total');
  });

  it('stops when it is told to, with nothing left undone', async () => {
    const own = await startGateway();
    const streaming = await fetch(`${own.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${own.rootKey}`, 'content-type': 'application/json', 'x-request-id': 'last' },
      body: JSON.stringify(say('sandbox:words=30 sandbox:pace=60', { stream: true })),
    });
    const reading = streaming.text();
    const code = await own.stop();
    expect(await reading).toContain('[DONE]');
    expect(code).toBe(0);
    const calls = await callsOf(own.databaseUrl);
    await own.close();
    expect(calls).toMatchObject([{ request_id: 'last', status: 'answered' }]);
  });

  it('lists every mistake and does not start', async () => {
    const start = startGateway({ env: { PORT: 'x', LOG_LEVEL: 'loud', REDIS_URL: 'nonsense' } });
    await expect(start).rejects.toThrow(/3 mistakes[\s\S]*LOG_LEVEL[\s\S]*PORT[\s\S]*REDIS_URL/);
  });
});
