import { ask, until } from '../support/ask';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { query } from '../support/query';
import { Upstream } from '../support/upstream';
import { says } from '../support/upstream-scripts';

const GPT = 'openai/gpt-4o';
const CHAT = '/v1/chat/completions';
const PRICES = `prices:
  ${GPT}: { input: 2.5, output: 10 }
`;
const CANARY = 'canary-5b1e';

interface Key {
  readonly id: string;
  readonly key: string;
  readonly tenant: string;
}
interface Answer {
  readonly status: number;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

describe('work that nobody waits for', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  const keys: Record<string, Key> = {};

  const call = async (key: string, method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  };
  const keyOf = (who: string) => keys[who]?.key ?? gateway.rootKey;

  beforeAll(async () => {
    upstream = await Upstream.start();
    upstream.answers(says('Hello there'));
    gateway = await startGateway({ env: upstream.env, prices: PRICES });
    for (const tenant of ['acme', 'rival']) {
      const made = await call(gateway.rootKey, 'POST', '/v1/tenants', { name: tenant });
      for (const role of ['client', 'operator']) {
        const body = { name: `${tenant} ${role}`, tenant: made.body['id'], roles: [role] };
        const key = (await call(gateway.rootKey, 'POST', '/v1/keys', body)).body as Key;
        keys[`${tenant} ${role}`] = { ...key, tenant: made.body['id'] as string };
      }
    }
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  describe('a session', () => {
    const SESSION = `${CANARY} ana@mail.example`;
    const path = (who: string, more = '') =>
      call(keyOf(who), 'GET', `/v1/sessions/${encodeURIComponent(SESSION)}${more}`);
    const turn = (on: Gateway, who: string, prompt: string, requestId: string, more: object = {}) =>
      ask(
        on,
        CHAT,
        { model: GPT, messages: [{ role: 'user', content: prompt }], ...more },
        { authorization: `Bearer ${keyOf(who)}`, 'x-session-id': SESSION, 'x-request-id': requestId },
      );

    it('lists its turns with what they used, cost and came to, over replicas and restarts', async () => {
      upstream.answers(says('Hello there'));
      const replica = await gateway.another();
      await turn(gateway, 'acme client', 'one', 'turn-1');
      await turn(replica, 'acme client', 'two', 'turn-2', { stream: true });
      await turn(gateway, 'acme client', 'three', 'turn-3', { model: 'nobody/knows-it' });
      await replica.stop();
      const restarted = await gateway.another();
      await turn(restarted, 'acme client', 'four', 'turn-4');
      await turn(gateway, 'rival client', 'one', 'turn-of-rival');
      const { status, body } = await path('acme client');
      expect(status).toBe(200);
      expect(body['data']).toMatchObject([
        { turn: 1, request_id: 'turn-1', status: 'answered', model: GPT, usage: { input_tokens: 5, output_tokens: 7 } },
        { turn: 2, request_id: 'turn-2', status: 'answered', cost_usd: '0.000083' },
        { turn: 3, request_id: 'turn-3', status: 'refused', error_code: 'model_not_found', usage: null },
        { turn: 4, request_id: 'turn-4', status: 'answered', provider: 'openai', provider_model: 'gpt-4o' },
      ]);
      const [, , refused] = body['data'] as { audit: string }[];
      const shown = await call(gateway.rootKey, 'GET', `/v1/audit/entries/${refused?.audit}`);
      expect(shown.body).toMatchObject({ header: { session: body['session_ref'], turn: 3 } });
      const line = `"session":"${body['session_ref']}:1"`;
      await until(() => gateway.logs().includes(line) || undefined);
      const usage = await call(keyOf('acme operator'), 'GET', '/v1/usage?group_by=session');
      expect(usage.body['data']).toMatchObject([{ session: body['session_ref'], requests: 3 }]);
      await restarted.stop();
    });

    it('is told page by page', async () => {
      const pages: unknown[][] = [];
      for (let cursor = ''; pages.length < 5;) {
        const { body } = await path('acme client', `?limit=3${cursor && `&cursor=${cursor}`}`);
        pages.push((body['data'] as { turn: number }[]).map(({ turn }) => turn));
        if (body['next_cursor'] === null) break;
        cursor = body['next_cursor'] as string;
      }
      expect(pages).toEqual([[1, 2, 3], [4]]);
    });

    it('belongs to its tenant', async () => {
      expect((await path('rival client')).body['data']).toMatchObject([{ turn: 1, request_id: 'turn-of-rival' }]);
      expect((await path('rival client', `?tenant=${keys['acme client']?.tenant}`)).status).toBe(404);
      expect((await path('root')).status).toBe(404);
      expect((await path('root', `?tenant=${keys['acme client']?.tenant}`)).body['data']).toHaveLength(4);
      expect((await call(keyOf('acme client'), 'GET', '/v1/sessions/unheard-of')).status).toBe(404);
    });

    it('numbers calls that come at once, each once', async () => {
      const asked = Array.from({ length: 30 }, (_, i) => turn(gateway, 'acme client', 'at once', `burst-${i}`));
      await Promise.all(asked);
      const { body } = await path('acme client', '?limit=100');
      const turns = (body['data'] as { turn: number }[]).map(({ turn }) => turn).sort((a, b) => a - b);
      expect(turns).toEqual(Array.from({ length: 34 }, (_, i) => i + 1));
    });

    it('leaves its name nowhere', async () => {
      expect((await query(gateway.databaseUrl, 'select from session_turns')).length).toBe(2);
      expect(await databaseText(gateway.databaseUrl)).not.toContain(CANARY);
      expect(gateway.logs()).not.toContain(CANARY);
    });
  });
});
