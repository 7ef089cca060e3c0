import { ask, recordOf } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { Upstream } from '../support/upstream';
import { json, says } from '../support/upstream-scripts';

const HELLO = [{ role: 'user', content: 'Hello' }];
const SETTINGS = { max_tokens: 100, temperature: 0.2, stop: ['.'], service_tier: 'flex' };

describe('a model that stands in for another behind a shipped alias', () => {
  let openai: Upstream;
  let anthropic: Upstream;
  let gateway: Gateway;

  beforeAll(async () => {
    [openai, anthropic] = await Promise.all([Upstream.start(), Upstream.start()]);
    gateway = await startGateway({
      env: { ...openai.env, ANTHROPIC_BASE_URL: anthropic.url },
      policies: 'defaults: { retry: { attempts: 1 }, breaker: { enabled: false } }',
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([openai?.close(), anthropic?.close()]);
  });
  beforeEach(() => {
    openai.answers(says('from OpenAI'));
    anthropic.answers(json({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 529));
  });

  it.each([
    ['fast', { model: 'gpt-5-mini' }, 'temperature, stop'],
    ['balanced', { model: 'gpt-5.1', temperature: 0.2 }, 'stop'],
    ['best', { model: 'gpt-5.2', temperature: 0.2 }, 'stop'],
  ])('is told only what it takes, and the caller of %s what it was not told', async (alias, told, dropped) => {
    const asked = { model: alias, messages: HELLO, ...SETTINGS };
    const chat = await ask(gateway, '/v1/chat/completions', asked, { 'x-request-id': `in-place-of-${alias}` });
    expect([chat.status, chat.headers['x-gatehouse-dropped']]).toEqual([200, dropped]);
    expect(openai.last.body).toEqual({ ...told, messages: HELLO, max_completion_tokens: 100, service_tier: 'flex' });
    expect((await recordOf(gateway, `in-place-of-${alias}`))['dropped']).toEqual(dropped.split(', '));

    const { stop: stop_sequences, service_tier: _tier, ...settings } = SETTINGS;
    const messages = await ask(gateway, '/v1/messages', {
      model: alias,
      messages: HELLO,
      ...settings,
      stop_sequences,
    });
    expect([messages.status, messages.headers['x-gatehouse-dropped']]).toEqual([200, dropped]);
    expect(openai.last.body).toEqual({ ...told, messages: HELLO, max_completion_tokens: 100 });
  });

  it('is the first of its alias: it is told no more in its own dialect than in another', async () => {
    anthropic.answers(says('from Anthropic'));
    const settings = { max_tokens: 100, temperature: 0.2, messages: HELLO };
    for (const [path, body] of [
      ['/v1/messages', { ...settings, top_k: 5 }],
      ['/v1/chat/completions', settings],
    ] as const) {
      const { status, headers } = await ask(gateway, path, { model: 'best', ...body });
      expect([status, headers['x-gatehouse-dropped']]).toEqual([
        200,
        'top_k' in body ? 'temperature, top_k' : 'temperature',
      ]);
      expect(anthropic.last.body).toMatchObject({ model: 'claude-opus-4-8', max_tokens: 100 });
      expect(anthropic.last.body).not.toHaveProperty('temperature');
      expect(anthropic.last.body).not.toHaveProperty('top_k');
    }
  });

  it('is told everything by who names it', async () => {
    const { status, headers } = await ask(gateway, '/v1/chat/completions', {
      model: 'gpt-5-mini',
      messages: HELLO,
      ...SETTINGS,
    });
    expect([status, headers['x-gatehouse-dropped']]).toEqual([200, undefined]);
    expect(openai.last.body).toEqual({ model: 'gpt-5-mini', messages: HELLO, ...SETTINGS });
  });
});
