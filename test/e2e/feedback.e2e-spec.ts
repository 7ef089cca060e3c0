import { randomUUID } from 'node:crypto';
import { parse } from 'yaml';
import { headersOf } from '../support/audit';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { Upstream } from '../support/upstream';
import { says } from '../support/upstream-scripts';
import OpenAI from 'openai';

const COMMENT = 'canary-comment-7fQ';
const EXPECTED = 'canary-expected-2kZ';

describe('feedback', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({
      env: upstream.env,
      settings: 'audit: { approvalHours: 1 }',
      models: 'aliases: { fast: [openai/gpt-4o] }',
    });
    keys['root'] = gateway.rootKey;
    for (const [name, roles] of Object.entries({
      mine: ['client'],
      other: ['client'],
      op: ['operator'],
      ann: ['auditor'],
      ben: ['auditor'],
    }))
      keys[name] = (await api('root', 'POST', '/v1/keys', { name, roles })).body.key;
    const tenant = (await api('root', 'POST', '/v1/tenants', { name: 'rival' })).body.id;
    keys['rival'] = (await api('root', 'POST', '/v1/keys', { name: 'r', roles: ['operator'], tenant })).body.key;
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });
  beforeEach(() => upstream.answers(says('Forty-two')));

  async function api(who: string, method: string, path: string, body?: object) {
    const headers = { authorization: `Bearer ${keys[who]}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(gateway.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    // oxlint-disable-next-line typescript/no-explicit-any
    return { status: answer.status, text, body: (isJson ? JSON.parse(text) : {}) as Record<string, any> };
  }
  /** A call with the official SDK. @returns its request id */
  async function call(
    prompt = 'What is six times seven?',
    model = 'fast',
    user?: string,
    { who = 'mine', id = randomUUID() as string } = {},
  ): Promise<string> {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys[who], maxRetries: 0 });
    await client.chat.completions.create(
      { model, messages: [{ role: 'user', content: prompt }], ...(user !== undefined && { user }) },
      { headers: { 'x-request-id': id } },
    );
    return id;
  }
  const give = (id: string, body: object, who = 'mine') => api(who, 'POST', `/v1/requests/${id}/feedback`, body);

  it('is taken from who made the call, told apart by model, and never shows what was written', async () => {
    const id = await call();
    const given = await give(id, { score: 0.25, comment: COMMENT, expected: EXPECTED });
    expect(given).toMatchObject({
      status: 200,
      body: {
        request_id: id,
        model: 'fast',
        provider: 'openai',
        provider_model: 'gpt-4o',
        score: 0.25,
        comment: true,
        expected: true,
      },
    });
    const listed = await api('op', 'GET', '/v1/feedback?max_score=0.5&alias=fast&model=openai/gpt-4o');
    expect(listed.body.data).toEqual([given.body]);
    const [entry] = (await headersOf(gateway.databaseUrl, id)).filter(({ event }) => event === 'feedback.recorded');
    expect(entry).toMatchObject({ metadata: { score_permille: 250, comment: true, expected: true } });
    for (const text of [await databaseText(gateway.databaseUrl), gateway.logs(), listed.text])
      for (const canary of [COMMENT, EXPECTED]) expect(text).not.toContain(canary);
  });

  it('takes the place of what was said before', async () => {
    const id = await call();
    await give(id, { score: 0 });
    await give(id, { score: 1, comment: 'better' });
    const { body } = await api('op', 'GET', '/v1/feedback?min_score=1');
    expect(body.data).toMatchObject([{ request_id: id, score: 1 }]);
    const entries = await headersOf(gateway.databaseUrl, id);
    expect(entries.filter(({ event }) => event === 'feedback.recorded')).toHaveLength(2);
  });

  it('stands in usage, by whatever that is told, and in its CSV', async () => {
    const { body } = await api('op', 'GET', '/v1/usage?group_by=model');
    expect(body.data).toMatchObject([{ model: 'gpt-4o', requests: 2, feedback_count: 2, feedback_score: 0.625 }]);
    const days = await api('op', 'GET', '/v1/usage?group_by=day,provider,key');
    expect(days.body.data).toMatchObject([{ provider: 'openai', feedback_count: 2 }]);
    expect((await api('op', 'GET', '/v1/usage')).body.data).toMatchObject([{ feedback_count: 2 }]);
    const none = await api('op', 'GET', '/v1/usage?group_by=model&tag=no-such');
    expect(none.body.data).toEqual([]);
    expect((await api('op', 'GET', '/v1/usage?group_by=model&format=csv')).text).toMatch(
      /feedback_score\r\n.*,2,0\.625/s,
    );
  });

  it('is refused from others, about nothing, and out of bounds', async () => {
    const id = await call();
    expect((await give(id, { score: 1 }, 'other')).status).toBe(403);
    expect((await give(id, { score: 1 }, 'rival')).status).toBe(404);
    expect((await give(id, { score: 1 }, 'ann')).status).toBe(403);
    expect((await give(randomUUID(), { score: 1 })).status).toBe(404);
    expect((await give(id, { score: 0.5 }, 'op')).status).toBe(200);
    for (const [body, param] of [
      [{}, 'score'],
      [{ score: 1.5 }, 'score'],
      [{ score: 1, comment: 'x'.repeat(2_001) }, 'comment'],
      [{ score: 1, expected: '' }, 'expected'],
    ] as const)
      expect(await give(id, body)).toMatchObject({ status: 400, body: { param } });
    upstream.answers(({ response }) => void response.writeHead(400).end('{}'));
    const failed = randomUUID();
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys['mine'], maxRetries: 0 });
    const asked = { model: 'fast', messages: [{ role: 'user' as const, content: 'x' }] };
    await client.chat.completions.create(asked, { headers: { 'x-request-id': failed } }).catch(() => undefined);
    expect((await give(failed, { score: 1 })).status).toBe(409);
    expect((await api('mine', 'GET', '/v1/feedback')).status).toBe(403);
    expect((await api('rival', 'GET', '/v1/feedback')).body.data).toEqual([]);
  });

  it('is listed page by page', async () => {
    const first = await api('op', 'GET', '/v1/feedback?limit=1');
    const second = await api('op', 'GET', `/v1/feedback?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body.data).toHaveLength(2);
    expect(second.body.next_cursor).toBeNull();
  });

  it('keeps personal data of what is written as policy says, and is forgotten with the person', async () => {
    const id = await call('Who am I?', 'fast', 'ada');
    const given = await give(id, { score: 0, comment: 'Write to ada.lovelace@example.com', expected: 'Ada' });
    const words = { reason: 'to look', break_glass: true };
    const chief = await api('root', 'POST', '/v1/keys', { name: 'chief', roles: ['admin', 'auditor'] });
    keys['chief'] = chief.body.key;
    const seen = await api('chief', 'POST', `/v1/audit/entries/${given.body.entry}/reveal`, words);
    expect(seen.body.content.feedback.expected).toBe('Ada');
    expect(seen.body.content.feedback.comment).toMatch(/^Write to \[\[EMAIL/);
    const [entry] = (await headersOf(gateway.databaseUrl, id)).filter(({ event }) => event === 'feedback.recorded');
    const [asked] = (await headersOf(gateway.databaseUrl, id)).filter(({ event }) => event === 'llm.request');
    expect(entry?.key_id).toBe(asked?.key_id);
  });

  it('is exported as cases for evals once a second person agrees, each reading on record', async () => {
    const id = await call('What is nine times six?');
    await give(id, { score: 0.1, expected: 'Fifty-four' });
    const asked = { reason: 'better prompts', max_score: 0.2 };
    expect((await api('op', 'POST', '/v1/feedback/export', asked)).status).toBe(403);
    const pending = await api('ann', 'POST', '/v1/feedback/export', asked);
    expect(pending).toMatchObject({ status: 202, body: { status: 'pending' } });
    expect((await api('ben', 'POST', `/v1/audit/approvals/${pending.body.approval}/approve`)).status).toBe(200);
    const made = await api('ann', 'POST', '/v1/feedback/export', asked);
    expect(made.status).toBe(200);
    const suite = parse(made.text);
    expect(suite).toMatchObject({ name: 'from-feedback', scorers: [{ type: 'similarity' }] });
    expect(suite.cases).toContainEqual(
      expect.objectContaining({
        messages: [{ role: 'user', content: 'What is nine times six?' }],
        expect: 'Fifty-four',
      }),
    );
    const read = (await headersOf(gateway.databaseUrl, id)).filter(({ event }) => event === 'audit.reveal');
    expect(read).toHaveLength(2);
    expect((await api('ann', 'POST', '/v1/feedback/export', { reason: 'x y z', min_score: 0.99 })).status).toBe(404);
  });

  it('is about the own call where another key used its request id after it', async () => {
    const id = await call();
    const { body: own } = await api('mine', 'GET', `/v1/requests/${id}`);
    await call('What is seven times eight?', 'fast', undefined, { who: 'other', id });
    expect((await api('mine', 'GET', `/v1/requests/${id}`)).body.id).toBe(own.id);
    expect((await give(id, { score: 1 })).body).toMatchObject({ key: own.key });
    const { body: newest } = await api('op', 'GET', `/v1/requests/${id}`);
    expect(newest.key).not.toBe(own.key);
  });
});
