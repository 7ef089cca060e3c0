import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { barrage, describeFinding } from '../support/hostile/barrage';
import { CANARY, canaryIn } from '../support/hostile/canary';
import { judge } from '../support/hostile/judge';
import { attack, rawAttacks } from '../support/hostile/raw-attacks';
import { send } from '../support/hostile/send';

const REQUESTS = 1_500;
const SEED = 20_261_121;
const BODY_BYTES = 1_000_000;
const MEBIBYTE = 1_048_576;
const SETTINGS = `
limits: { bodyBytes: ${BODY_BYTES}, jsonNodes: 50000 }
server: { corsOrigins: ["https://console.example"] }
`;

describe('hostile input', () => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await startGateway({ settings: SETTINGS });
  });
  afterAll(() => gateway?.close());

  const metrics = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();
  const residentBytes = async (): Promise<number> =>
    Number(/^process_resident_memory_bytes (\S+)/m.exec(await metrics())?.[1]);

  async function goodCall(): Promise<string> {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json', 'x-user-id': CANARY },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: `Hello ${CANARY}` }], user: CANARY }),
    });
    expect(answer.status).toBe(200);
    return answer.text();
  }

  it('is refused with a reason in the dialect’s shape, and never hangs, fails or gives anything away', async () => {
    const { statuses, findings } = await barrage(
      gateway.url,
      { key: gateway.rootKey, bodyBytes: BODY_BYTES },
      REQUESTS,
      SEED,
    );
    expect(findings.map(describeFinding)).toEqual([]);
    expect([...statuses.values()].reduce((sum, count) => sum + count)).toBe(REQUESTS);
    // the attacks reach every depth: some bodies are accepted, others turned away for many reasons
    for (const status of ['200', '201', '400', '401', '404', '413', '415'])
      expect([status, (statuses.get(status) ?? 0) > 0]).toEqual([status, true]);
  }, 60_000);

  it('that is no HTTP ends with an answer or a closed connection', async () => {
    const attacks = rawAttacks(gateway.rootKey);
    const answers = await Promise.all(attacks.map((each) => attack(gateway.url, each)));
    const bad = answers.flatMap(({ text, hung }, i) => {
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
      const refused = statuses.some((status) => status >= 400);
      const wrong = [
        ...(hung ? ['hung'] : []),
        ...(statuses.some((status) => status >= 500) ? ['failed'] : []),
        ...(refused && canaryIn(text) !== undefined ? ['gave the canary away'] : []),
        ...(refused && /\bat .+:\d+:\d+|node_modules/.test(text) ? ['showed a stack'] : []),
      ];
      return wrong.length ? [`${attacks[i]?.name}: ${wrong.join(', ')}`] : [];
    });
    expect(bad).toEqual([]);
  }, 60_000);

  it('is not taken for two requests when its end is ambiguous', async () => {
    const smuggled = rawAttacks(gateway.rootKey).find(({ name }) => name === 'a length and chunks');
    const { text } = await attack(gateway.url, smuggled!);
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400']);
  });

  const chat = { model: 'fast', messages: [{ role: 'user', content: 'Hello' }] };
  it.each<[string, string, string, object | undefined, number]>([
    ['a request id that no text column can hold', 'GET', '/v1/requests/a%00', undefined, 404],
    ['a path that is not percent-encoded', 'GET', `/v1/messages/${CANARY}%zz`, undefined, 400],
    ['a parameter of any length', 'GET', `/v1/keys/${CANARY.repeat(100)}`, undefined, 414],
    ['a preflight with half a body', 'OPTIONS', '/v1/chat/completions', {}, 204],
    ['a pattern that no text column can hold', 'POST', '/v1/keys', { name: 'x', models: ['a\u0000b'] }, 400],
    ['a name in the query', 'GET', `/v1/keys?the%20${CANARY}=1`, undefined, 400],
    [
      'a name below metadata',
      'POST',
      '/v1/responses',
      { model: 'fast', input: 'a', metadata: { [`a ${CANARY}`]: 1 } },
      400,
    ],
    ['a name that no text column can hold', 'POST', '/v1/chat/completions', { ...chat, 'a\u0000b': 1 }, 200],
    ['a name of 100,000 characters', 'POST', '/v1/messages', { ...chat, max_tokens: 9, ['n'.repeat(100_000)]: 1 }, 200],
  ])('such as %s gets the answer it deserves', async (what, method, target, body, status) => {
    const headers = { authorization: `Bearer ${gateway.rootKey}`, ...(body && { 'content-type': 'application/json' }) };
    const text = method === 'OPTIONS' ? '{' : JSON.stringify(body);
    const request = { attack: what, method, target, headers, body: body && Buffer.from(text) };
    const answer = await send(gateway.url, request);
    expect([answer.status, judge(request, answer)]).toEqual([status, []]);
    expect(answer.text.length).toBeLessThan(2_000);
  });

  it.each([
    ['POST', '/v1/budgets', '{"scope":{},"limit_usd":1,"period":"month","__proto__":1}', '__proto__'],
    ['POST', '/v1/budgets', '{"scope":{"__proto__":{}},"limit_usd":1,"period":"month"}', 'scope.__proto__'],
    ['POST', '/v1/budgets', '{"scope":{},"limit_usd":1,"period":"month","constructor":1}', 'constructor'],
    ['POST', '/v1/budgets', '{"scope":{},"limit_usd":1,"period":"month","prototype":{}}', 'prototype'],
    ['POST', '/v1/keys', '{"name":"x","__proto__":{"role":"admin"}}', '__proto__'],
    [
      'PUT',
      '/v1/policies/guards',
      '{"policy":{"personalData":{"providers":{"__proto__":"keep"}}}}',
      'policy.personalData.providers.__proto__',
    ],
  ])('with a name that objects have is refused like any unknown field: %s %s %s', async (method, path, body, param) => {
    const headers = { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json' };
    const answer = await send(gateway.url, { attack: param, method, target: path, headers, body: Buffer.from(body) });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, { param }]);
  });

  it('leaves the gateway as it was: it answers, and its memory is bounded', async () => {
    expect(await goodCall()).toContain(CANARY);
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
    const before = await residentBytes();
    const { findings } = await barrage(gateway.url, { key: gateway.rootKey, bodyBytes: BODY_BYTES }, 500, SEED + 1);
    expect(findings.map(describeFinding)).toEqual([]);
    const after = await residentBytes();
    expect(after - before).toBeLessThan(150 * MEBIBYTE);
    expect(after).toBeLessThan(700 * MEBIBYTE);
  }, 60_000);

  it('is nowhere to be found afterwards: not in logs, metrics or any table', async () => {
    expect(await goodCall()).toContain(CANARY);
    const rows = await databaseText(gateway.databaseUrl);
    expect(rows).toContain('audit.headers');
    expect(canaryIn(rows)).toBeUndefined();
    expect(canaryIn(await metrics())).toBeUndefined();
    expect(gateway.logs()).toContain('"msg":"call"');
    expect(canaryIn(gateway.logs())).toBeUndefined();
  }, 60_000);
});
