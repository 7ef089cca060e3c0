import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { ask, until } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { send } from '../support/hostile/send';
import { type Indiscreet, indiscreetPostgres, indiscreetRedis } from '../support/indiscreet';
import { json, streams } from '../support/upstream-scripts';
import { Upstream } from '../support/upstream';
import { framesFor } from '../support/vendor-replies';

const ROOT = join(__dirname, '../..');
const some = (name: string): string => `${name}-${randomBytes(15).toString('hex')}/+="\\`;
const OPENAI = [some('first'), some('second')] as const;
const ANTHROPIC = some('third');
const REDIS = some('sixth');
const MASTER = randomBytes(32);
/** Of a person, as callers write it where it has no place. */
const PERSON = 'cnry-4b7e-maria.souza';

const encodings = (secret: string): string[] => [
  secret,
  JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  Buffer.from(`user:${secret}`).toString('base64'),
];
/** What no secret can be without: its random middle, in every form. */
const traces = (secret: string): string[] => {
  const middle = (/[0-9a-f]{30}/.exec(secret)?.[0] ?? secret).slice(0, 20);
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + middle)
      .toString('base64')
      .slice(shift + 1, -3),
  );
  return [middle, Buffer.from(middle).toString('hex'), ...inBase64];
};

describe('what must not be shown', () => {
  let upstream: Upstream;
  let redis: Indiscreet;
  let gateway: Gateway;
  let answers = '';

  beforeAll(async () => {
    upstream = await Upstream.start();
    redis = await indiscreetRedis(`wrong password ${encodings(REDIS).join(' ')}`);
    gateway = await startGateway({
      env: {
        ...upstream.env,
        OPENAI_API_KEY: OPENAI.join(','),
        ANTHROPIC_API_KEY: ANTHROPIC,
        GATEHOUSE_MASTER_KEY: MASTER.toString('base64'),
        LOG_LEVEL: 'debug',
        REDIS_URL: `redis://:${encodeURIComponent(REDIS)}@127.0.0.1:${redis.port}`,
      },
      policies: 'defaults: { retry: { attempts: 1 }, keys: { restMs: 1, maxRestMs: 1 }, breaker: { enabled: false } }',
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([upstream?.close(), redis?.close()]);
  });

  const secrets = (): string[] => [
    ...[...OPENAI, ANTHROPIC, REDIS].flatMap(traces),
    ...(['base64', 'base64url', 'hex'] as const).map((form) => MASTER.toString(form).slice(0, 40)),
    gateway.rootKey,
  ];
  const metrics = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();
  const shown = (text: string, hidden: readonly string[]): string[] => hidden.filter((each) => text.includes(each));

  const prompt = { messages: [{ role: 'user', content: `I am ${PERSON}` }], max_tokens: 9 };
  const chat = (model: string, more: object = {}) =>
    ask(gateway, '/v1/chat/completions', { model, ...prompt, ...more });
  const message = (model: string, more: object = {}) => ask(gateway, '/v1/messages', { model, ...prompt, ...more });

  /** Each fits into the 500 characters that the gateway shows of what a provider says, but for the last of each secret. */
  const leaking = (): string[] =>
    [...OPENAI, ANTHROPIC, gateway.rootKey].flatMap((secret) => {
      const [clear = '', ...others] = encodings(secret);
      return [`${clear} ${others.slice(0, 2).join(' ')}`, others.slice(2).join(' '), `${'x'.repeat(450)} ${clear}`];
    });

  it('is in no answer when a provider repeats keys in its errors, in whatever form', async () => {
    for (const text of leaking()) {
      const error = { message: `Wrong key: ${text}`, type: 'invalid_request_error', code: OPENAI[0] };
      upstream.answers(json({ type: 'error', error }, 400));
      for (const answer of await Promise.all([chat('openai/gpt-4o'), chat('anthropic/c'), message('anthropic/c')])) {
        expect([answer.status, shown(answer.text, secrets())]).toEqual([400, []]);
        answers += answer.text;
      }
    }
    expect(answers).toContain('[secret OPENAI_API_KEY]');
    expect(answers).toContain('[secret ANTHROPIC_API_KEY]');
    expect(answers).toContain('[secret root key]');
  });

  it('is in no stream that a provider ends with such an error', async () => {
    for (const text of leaking()) {
      const body = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: text } });
      upstream.answers((exchange) => {
        const frames = framesFor(exchange, 'some words').slice(0, -3);
        return streams([...frames, `event: error\ndata: ${body}\n\n`])(exchange);
      });
      const more = { stream: true };
      for (const answer of await Promise.all([chat('openai/gpt-4o', more), message('anthropic/c', more)])) {
        expect([answer.status, shown(answer.text, secrets())]).toEqual([200, []]);
        expect(answer.text).toMatch(/some [^]*\[secret /);
      }
    }
  });

  it.each<[string, string, string, Record<string, string>, string | undefined]>([
    ['a header', 'POST', '/v1/chat/completions', { 'x-user-id': PERSON, 'x-session-id': PERSON, cookie: PERSON }, '{}'],
    ['an id of its own that is none', 'POST', '/v1/messages', { 'x-request-id': `${PERSON}\u009b@x` }, '{}'],
    ['invalid JSON', 'POST', '/v1/chat/completions', {}, `{"name": "${PERSON}", ${PERSON}`],
    ['an unknown route', 'GET', `/v1/${PERSON}`, {}, undefined],
    ['a query', 'GET', `/v1/keys?cursor=${PERSON}&x-${PERSON}=1`, {}, undefined],
    ['a bad URL', 'GET', `/v1/keys/%zz${PERSON}`, {}, undefined],
    ['a wrong key', 'GET', '/v1/keys', { authorization: `Bearer ${PERSON}` }, undefined],
    ['a content type', 'POST', '/v1/messages', { 'content-type': `text/${PERSON}` }, '{}'],
    ['a name of a field', 'POST', '/v1/keys', {}, JSON.stringify({ name: 'x', [`the ${PERSON}`]: PERSON })],
  ])('is not repeated to whoever sent it in %s', async (attack, method, target, more, text) => {
    const headers = { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json', ...more };
    const body = text === undefined ? undefined : Buffer.from(text);
    const answer = await send(gateway.url, { attack, method, target, headers, body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(shown(answer.text, [PERSON, ...secrets()])).toEqual([]);
  });

  it('is not told to whoever asks how a dependency is that repeats it', async () => {
    redis.fail();
    const read = async (path: string) => {
      const answer = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${gateway.rootKey}` } });
      return answer.text();
    };
    for (const path of ['/health', '/v1/status']) {
      // as soon as what was found before is forgotten
      const text = await until(async () => {
        const told = await read(path);
        return told.includes('wrong password') ? told : undefined;
      });
      expect(shown(text, secrets())).toEqual([]);
      expect(text).toContain('wrong password [secret REDIS_URL]');
    }
  });

  it('is in no line of the log and no metric, though every call and request has a line', async () => {
    await until(() => (gateway.logs().includes('"msg":"content of a call"') ? true : undefined));
    const logs = gateway.logs();
    const lines = logs.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.filter((line) => line.includes('"msg":"call"')).length).toBeGreaterThan(10);
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(lines.filter((line) => line.includes('"left_out"'))).toEqual([]);
    expect(shown(logs, [PERSON, ...secrets()])).toEqual([]);
    expect(shown(await metrics(), [PERSON, ...secrets()])).toEqual([]);
    const content = lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => line['content']);
    expect(content?.['content']).toEqual({ hash: expect.stringMatching(/^[\w-]{22}$/), length: expect.any(Number) });
  });

  it('is not printed when the start fails', async () => {
    const password = some('fourth');
    const url = `postgres://gatehouse:${encodeURIComponent(password)}@127.0.0.1:1/none`;
    const failed = (await startGateway({ env: { DATABASE_URL: url } }).catch((error: unknown) => error)) as Error;
    expect(failed.message).toContain('Gatehouse did not start.');
    expect(shown(failed.message, traces(password))).toEqual([]);
  });

  it.each(['provision-audit', 'audit-epoch'])('is not printed when the command %s fails', async (command) => {
    const password = some('seventh');
    const postgres = await indiscreetPostgres(`no entry with ${encodings(password).join(' ')}`);
    const url = `postgres://gatehouse:${encodeURIComponent(password)}@127.0.0.1:${postgres.port}/none`;
    const env = {
      PATH: process.env['PATH'] ?? '',
      GATEHOUSE_MASTER_KEY: MASTER.toString('base64'),
      DATABASE_URL: url,
      GATEHOUSE_ADMIN_DATABASE_URL: url,
    };
    const child = spawn(process.execPath, [join(ROOT, `dist/${command}.js`), '--reason', 'a test'], { env, cwd: ROOT });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    await postgres.close();
    expect({ code, printed }).toEqual({ code: 1, printed: expect.stringContaining('no entry with [secret ') });
    expect(shown(printed, [...traces(password), MASTER.toString('base64')])).toEqual([]);
  });

  const CRASHES: Readonly<Record<string, string>> = {
    'an exception with properties': `setImmediate(() => { throw Object.assign(new Error('failed', { cause: new Error('inner') }), { headers: secret, body: { name: person } }); })`,
    'an exception that names a secret': `setImmediate(() => { throw new Error('refused ' + secret); })`,
    'a rejection': `Promise.reject(Object.assign(new TypeError('failed'), { request: secret, person }))`,
    'a rejection with a text': `Promise.reject('text of ' + person + secret)`,
    'a rejection with an object': `Promise.reject({ person, secret })`,
    'an exception that is no error': `setImmediate(() => { throw { person, secret }; })`,
  };
  describe.each([true, false])('is not printed when the process ends (log: %s)', (logged) => {
    it.each(Object.keys(CRASHES))('by %s', (kind) => {
      const [secret, dist] = [some('fifth'), join(ROOT, 'dist/platform/observability')];
      const script = `
        const [secret, person] = [process.env.CANARY, ${JSON.stringify(PERSON)}];
        require(${JSON.stringify(join(dist, 'crash-lines.js'))}).logCrashes();
        require(${JSON.stringify(join(dist, 'process-scrubber.js'))}).processScrubber.protect('CANARY', secret);
        if (${logged}) require(${JSON.stringify(join(dist, 'process-logger.js'))}).processLogger('info').info('started');
        process.emitWarning('deprecated ' + secret);
        process.nextTick(() => { ${CRASHES[kind]} });
        setTimeout(() => undefined, 10_000);`;
      const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
        encoding: 'utf8',
        env: { CANARY: secret },
        timeout: 15_000,
      });
      expect([status, shown(stdout + stderr, [PERSON, ...traces(secret)])]).toEqual([1, []]);
      const lines = (logged ? stdout : stderr).trimEnd().split('\n');
      const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(told.map(({ level, msg }) => [level, msg])).toEqual([
        ...(logged ? [['info', 'started']] : []),
        ['warn', 'warning'],
        ['fatal', kind.startsWith('a rejection') ? 'unhandled rejection' : 'uncaught exception'],
      ]);
      expect(logged ? stderr : stdout).toBe('');
    });
  });
});
