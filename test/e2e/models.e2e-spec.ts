import { until } from '../support/ask';
import { headersOf } from '../support/audit';
import { FlagSite } from '../support/flag-site';
import { says } from '../support/upstream-scripts';

const MODELS = `aliases:
  fast: [openai/gpt-4o]
  best: [anthropic/claude-opus-4-8]
models:
  openai/gpt-4o: { capabilities: [tools, images] }
`;
/** What is promised to every process. */
const WITHIN_MS = 1_000;

describe('the model registry', () => {
  let site: FlagSite;
  beforeAll(async () => {
    site = await FlagSite.start({ models: MODELS });
  }, 60_000);
  afterAll(() => site?.close());
  beforeEach(() => site.upstream.answers(says('Hello there')));
  const alias = (method: string, name = '', body?: object, more?: { key?: string }) =>
    site.api(method, `/v1/models/registry/aliases${name}`, body, more);

  it('points an alias at another model in every process within a second, on record before it is done', async () => {
    expect((await site.chat('fast')).model).toBe('gpt-4o');
    const set = await alias('PUT', '/fast', { models: ['openai/gpt-4o-mini', 'openai/gpt-4o'], version: 0 });
    const setAt = performance.now();
    expect(set).toMatchObject({ status: 200, body: { alias: 'fast', version: 1, declared: false } });
    expect((await site.chat('fast')).sent).toMatchObject({ model: 'gpt-4o-mini' });
    await until(async () => (await site.chat('fast', { at: site.second })).model === 'gpt-4o-mini' || undefined);
    expect(performance.now() - setAt).toBeLessThan(WITHIN_MS);
    const entries = await headersOf(site.gateway.databaseUrl);
    expect(entries.find(({ event }) => event === 'alias.change')).toMatchObject({
      outcome: 'intended',
      metadata: { target: 'fast', models: ['openai/gpt-4o-mini', 'openai/gpt-4o'], replaces: 0 },
    });
  });

  it('refuses what replaces another version than the newest, and keeps every version', async () => {
    const late = await alias('PUT', '/fast', { models: ['openai/gpt-4o'], version: 0 });
    expect(late).toMatchObject({ status: 409, body: { detail: 'The alias is at version 1 by now' } });
    expect((await alias('DELETE', '/fast?version=0')).status).toBe(409);
    expect((await alias('DELETE', '/fast?version=1')).status).toBe(204);
    expect((await alias('GET', '/fast')).body).toEqual({
      alias: 'fast',
      models: ['openai/gpt-4o'],
      version: 2,
      declared: true,
    });
    expect((await site.chat('fast')).model).toBe('gpt-4o');
    const { body } = await alias('GET', '/fast/versions');
    expect(body['data'].map((at: { version: number; models: unknown }) => [at.version, at.models])).toEqual([
      [2, null],
      [1, ['openai/gpt-4o-mini', 'openai/gpt-4o']],
    ]);
  });

  it('makes new aliases, which answer and are listed as any other', async () => {
    expect((await alias('PUT', '/mine', { models: ['openai/gpt-4o-mini'] })).status).toBe(200);
    const call = await site.chat('mine');
    expect(call.model).toBe('gpt-4o-mini');
    expect(await site.recordOf(call.id)).toMatchObject({ model: 'mine', provider_model: 'gpt-4o-mini' });
    const listed = (await site.api('GET', '/v1/models')).body['data'].map(({ id }: { id: string }) => id);
    expect(listed).toEqual(expect.arrayContaining(['fast', 'best', 'mine', 'gpt-4o']));
    expect((await alias('DELETE', '/mine')).status).toBe(204);
    expect((await alias('GET', '/mine')).status).toBe(404);
    await expect(site.chat('mine')).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    [{ models: ['nobody/x'] }, 'models[0]'],
    [{ models: [] }, 'models'],
    [{ models: ['openai/a', 'openai/a'] }, 'models'],
    [{ models: ['gpt-4o'] }, 'models[0]'],
    [{ models: ['openai/a'], version: -1 }, 'version'],
    [{ models: ['openai/a'], shadows: 1 }, undefined],
  ])('refuses %j, naming the field', async (body, param) => {
    const refused = await alias('PUT', '/fast', body);
    expect(refused.status).toBe(400);
    if (param !== undefined) expect(refused.body['param']).toBe(param);
  });

  it('is for operators and administrators of the root tenant', async () => {
    const { key } = (await site.api('POST', '/v1/keys', { name: 'client', roles: ['client'] })).body;
    expect((await alias('GET', '', undefined, { key })).status).toBe(403);
    const tenant = (await site.api('POST', '/v1/tenants', { name: 'other' })).body['id'];
    const other = await site.api('POST', '/v1/keys', { name: 'op', tenant, roles: ['operator'] });
    expect((await alias('GET', '', undefined, { key: other.body['key'] })).status).toBe(403);
    const mine = await site.api('POST', '/v1/keys', { name: 'op', roles: ['operator'] });
    expect((await alias('GET', '', undefined, { key: mine.body['key'] })).status).toBe(200);
  });
});
