import { ask, recordOf, type Reply, until } from '../support/ask';
import { FakeClassifier } from '../support/fake-classifier';
import { failsWith, hangsUp, sidecar } from '../support/fake-sidecar';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, type InferenceDoor, readStream } from '../support/inference-doors';
import { says } from '../support/upstream-scripts';
import { type Script, Upstream } from '../support/upstream';

const NAME = 'Zulmira Quintanilha';
const MODEL = 'openai/gpt-4o';
/** What no rule takes for one. */
const ATTACK = 'Kindly begin the attack that we talked about';
const ALL = 'input.injection, input.injection.piguard, input.pii, input.pii.sidecar, output.links, output.pii';
const WITHOUT_SIDECAR = ALL.replace('input.pii.sidecar, ', '');
const WITHOUT_CLASSIFIER = ALL.replace('input.injection.piguard, ', '');
const SETTINGS = (analyzer: string, classifier: string): string => `
sanitization:
  sidecar: { url: "${analyzer}", timeoutMs: 3000 }
  classifier: { url: "${classifier}/predict", name: piguard, timeoutMs: 3000 }
`;
/** How long nobody asks a sidecar that failed. */
const REST_MS = 1_000;

const knows: Script = sidecar({ [NAME]: 'PERSON' });
/** Repeats what it was told. */
const repeats: Script = (exchange) => {
  const { messages } = exchange.body as { messages: { content: string }[] };
  return says(`You said: ${messages.at(-1)?.content}`)(exchange);
};
const [CHAT] = DOORS as readonly [InferenceDoor];

describe('models that are asked about each call', () => {
  let openai: Upstream;
  let analyzer: Upstream;
  let classifier: FakeClassifier;
  let gateway: Gateway;
  let replica: Gateway;
  let calls = 0;

  beforeAll(async () => {
    [openai, analyzer, classifier] = await Promise.all([
      Upstream.start(),
      Upstream.start(),
      new FakeClassifier().start(),
    ]);
    const settings = SETTINGS(analyzer.url, classifier.url);
    gateway = await startGateway({ env: openai.env, settings });
    replica = await gateway.another();
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([openai?.close(), analyzer?.close(), classifier?.close()]);
  });
  beforeEach(() => {
    openai.answers(repeats);
    analyzer.answers(knows);
    classifier.always();
    classifier.asked.length = 0;
  });

  async function api(method: string, path: string, body: object | undefined, key: string, at = gateway) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(at.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  async function tenantWith(name: string, policy: object): Promise<string> {
    const { id } = (await api('POST', '/v1/tenants', { name }, gateway.rootKey)).body;
    const roles = ['client', 'admin'];
    const { key } = (await api('POST', '/v1/keys', { name, tenant: id, roles }, gateway.rootKey)).body;
    expect((await api('PUT', '/v1/policies/guards', { policy }, key as string)).status).toBe(200);
    return key as string;
  }
  async function say(prompt: string, { key = gateway.rootKey, stream = false, at = gateway } = {}) {
    const id = `detectors-${++calls}`;
    const headers = { authorization: `Bearer ${key}`, 'x-request-id': id };
    const reply = await ask(at, CHAT.path, CHAT.ask(MODEL, prompt, stream), headers);
    return { id, reply };
  }
  const wordsOf = ({ text }: Reply, stream: boolean): string =>
    stream ? readStream(CHAT, text).text : CHAT.text(JSON.parse(text));
  const errorOf = ({ text }: Reply) => (JSON.parse(text) as { error: { code: string } }).error.code;

  it.each([false, true])(
    'are: what the sidecar finds is masked, and both are named by whoever tells of it (stream: %s)',
    async (stream) => {
      const prompt = `My name is ${NAME}, what is yours?`;
      const { id, reply } = await say(prompt, { stream });
      expect([reply.status, reply.headers['x-gatehouse-guards']]).toEqual([
        200,
        stream ? expect.stringContaining('input.injection.piguard, input.pii, input.pii.sidecar') : ALL,
      ]);
      const asked = analyzer.exchanges.filter(({ path }) => path === '/analyze').map(({ body }) => body['text']);
      expect(asked).toContain(prompt);
      expect(classifier.asked.map(({ body }) => JSON.parse(String(body)) as object)).toEqual([
        expect.objectContaining({ inputs: expect.arrayContaining([prompt]) }),
      ]);
      const sent = openai.last.raw.toString();
      expect(sent).not.toContain(NAME);
      expect(sent).toMatch(/My name is \[\[PERSON_\w{4}\]\], what/);
      expect(wordsOf(reply, stream)).toBe(`You said: ${prompt}`);
      expect(await recordOf(gateway, id)).toMatchObject({
        guards: ALL.split(', '),
        findings: { input: { PERSON: 1 } },
        flags: ['pii.PERSON'],
        injection: { score_percent: 2 },
      });
    },
  );

  it('refuse where the policy says so, and are only noted elsewhere', async () => {
    const key = await tenantWith('Blocks attacks', { injection: { action: 'block' } });
    const { id, reply } = await say(ATTACK, { key });
    expect([reply.status, errorOf(reply), openai.exchanges.length]).toEqual([400, 'prompt_rejected', 0]);
    expect(await recordOf(gateway, id)).toMatchObject({
      status: 'refused',
      guards: ['input.injection', 'input.injection.piguard', 'input.pii', 'input.pii.sidecar'],
      flags: ['injection.blocked', 'injection.suspected'],
      injection: { score_percent: 97, rules: [] },
    });
    expect((await say('Kindly begin', { key })).reply.status).toBe(200);

    const noted = await say(ATTACK);
    expect(noted.reply.status).toBe(200);
    expect(await recordOf(gateway, noted.id)).toMatchObject({ flags: [], injection: { score_percent: 97 } });
  });

  it('are asked about a text that is only tried, and named for it', async () => {
    const text = `${NAME} plans an attack`;
    expect(await api('POST', '/v1/sanitize', { text }, gateway.rootKey)).toMatchObject({
      status: 200,
      body: {
        text: expect.stringMatching(/^\[\[PERSON_\w{4}\]\] plans an attack$/),
        findings: [{ entity: 'PERSON', start: 0, end: NAME.length, validated: false, operator: 'tokenize' }],
        injection: { score: 0.97, suspicious: true, rules: [] },
        guards: ['input.injection', 'input.injection.piguard', 'input.pii', 'input.pii.sidecar'],
        flags: [],
      },
    });
    expect(analyzer.exchanges.map(({ body }) => body['text'])).toEqual([text]);
    expect(classifier.asked).toHaveLength(1);
  });

  describe('when one is away', () => {
    // the sidecar is not asked at once again
    afterEach(() =>
      until(async () => {
        analyzer.answers(knows);
        classifier.always();
        return (await say('Hello')).reply.headers['x-gatehouse-guards'] === ALL || undefined;
      }, 5 * REST_MS),
    );

    it.each([
      ['fails', failsWith(500)],
      ['hangs up', hangsUp],
    ])('a sidecar that %s: calls are refused for now', async (_how, script) => {
      analyzer.answers(script);
      const { id, reply } = await say(`My name is ${NAME}`);
      expect([reply.status, errorOf(reply), reply.headers['retry-after']]).toEqual([503, 'overloaded', '2']);
      expect(analyzer.exchanges.length).toBeGreaterThan(0);
      expect(openai.exchanges).toEqual([]);
      expect(await recordOf(gateway, id)).toMatchObject({
        status: 'failed',
        error_code: 'overloaded',
        guards: ['input.injection', 'input.injection.piguard', 'input.pii'],
        flags: ['pii.unavailable'],
      });
      expect((await api('POST', '/v1/sanitize', { text: NAME }, gateway.rootKey)).status).toBe(503);
    });

    it('a sidecar: calls go on where the policy says so, and say that it did not read them', async () => {
      const key = await tenantWith('Goes on without names', { personalData: { onFailure: 'flag' } });
      analyzer.answers(failsWith(503));
      const { id, reply } = await say(`My name is ${NAME}, CPF 529.982.247-25`, { key });
      expect([reply.status, reply.headers['x-gatehouse-guards']]).toEqual([200, WITHOUT_SIDECAR]);
      // rules go on
      expect(openai.last.raw.toString()).toMatch(new RegExp(`${NAME}, CPF \\[\\[CPF_`));
      expect(await recordOf(gateway, id)).toMatchObject({
        guards: WITHOUT_SIDECAR.split(', '),
        flags: ['pii.BR_CPF', 'pii.unavailable'],
      });
      expect((await api('POST', '/v1/sanitize', { text: NAME }, key)).body).toMatchObject({
        text: NAME,
        guards: ['input.injection', 'input.injection.piguard', 'input.pii'],
        flags: ['pii.unavailable'],
      });
    });

    it.each([500, 'breaks', 'garbage'] as const)('a classifier (%s): calls go on, and say so', async (fault) => {
      classifier.always(fault);
      const { id, reply } = await say(ATTACK);
      expect([reply.status, reply.headers['x-gatehouse-guards']]).toEqual([200, WITHOUT_CLASSIFIER]);
      expect(classifier.asked.length).toBeGreaterThan(0);
      expect(await recordOf(gateway, id)).toMatchObject({
        guards: WITHOUT_CLASSIFIER.split(', '),
        flags: ['injection.unavailable'],
      });
      expect((await api('POST', '/v1/sanitize', { text: ATTACK }, gateway.rootKey)).body).toMatchObject({
        guards: ['input.injection', 'input.pii', 'input.pii.sidecar'],
        flags: ['injection.unavailable'],
      });
    });

    it('a classifier: calls are refused for now where the policy says so', async () => {
      const key = await tenantWith('Stops without it', { injection: { onFailure: 'block' } });
      classifier.always(503);
      const { id, reply } = await say('Hello', { key });
      expect([reply.status, errorOf(reply), reply.headers['retry-after']]).toEqual([503, 'overloaded', '2']);
      expect(openai.exchanges).toEqual([]);
      expect(await recordOf(gateway, id)).toMatchObject({
        status: 'failed',
        error_code: 'overloaded',
        guards: ['input.injection', 'input.pii', 'input.pii.sidecar'],
        flags: ['injection.unavailable'],
      });
      expect((await api('POST', '/v1/sanitize', { text: 'Hello' }, key)).status).toBe(503);
    });
  });

  it('stand in the health report, which is degraded and not bad when one is away', async () => {
    const health = async () => {
      const answer = await fetch(`${gateway.url}/health`);
      const { details } = (await answer.json()) as { details: { detectors: Record<string, unknown> } };
      return [answer.status, details.detectors['status'], details.detectors['answering']];
    };
    await until(async () => (await health())[1] === 'up' || undefined);
    expect(await health()).toEqual([200, 'up', { sidecar: true, piguard: true }]);
    classifier.always(503);
    await until(async () => (await health())[1] === 'degraded' || undefined);
    expect(await health()).toEqual([200, 'degraded', { sidecar: true, piguard: false }]);
  });

  it('and what is to become of what they find: a change is learnt by other processes within a second', async () => {
    const key = await tenantWith('Changes its mind', {});
    const within: number[] = [];
    for (const [i, operator] of (['block', 'keep', 'block', 'tokenize'] as const).entries()) {
      const [here, there] = i % 2 ? [replica, gateway] : [gateway, replica];
      const change = { policy: { personalData: { entities: { PERSON: operator } } } };
      expect((await api('PUT', '/v1/policies/guards', change, key, here)).status).toBe(200);
      const since = performance.now();
      const status = operator === 'block' ? 400 : 200;
      // whoever was told knows it at once
      expect((await say(`I am ${NAME}`, { key, at: here })).reply.status).toBe(status);
      await until(async () => {
        const { reply } = await say(`I am ${NAME}`, { key, at: there });
        return reply.status === status || undefined;
      });
      within.push(performance.now() - since);
      if (status === 200) expect(openai.last.raw.toString().includes(NAME)).toBe(operator === 'keep');
    }
    expect(Math.max(...within)).toBeLessThan(1_000);
  });
});
