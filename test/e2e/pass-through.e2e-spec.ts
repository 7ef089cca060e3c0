import { ask } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, readStream } from '../support/inference-doors';
import { Upstream } from '../support/upstream';
import { json, streams } from '../support/upstream-scripts';
import { framesFor, replyFor } from '../support/vendor-replies';

const NATIVE = { 'openai/gpt-4o': ['chat', 'responses'], 'anthropic/claude-haiku-4-5': ['messages'] } as const;
const WAYS = Object.entries(NATIVE).flatMap(([model, names]) =>
  DOORS.filter(({ name }) => (names as readonly string[]).includes(name)).map(
    (door) => [door.name, model, door] as const,
  ),
);

/** Fields of a vendor's tomorrow, with values that are easily lost. */
const UNKNOWN = {
  tomorrow: { deep: [1, 'two', null, { three: 3.5e-7 }], 'größe 😀': '\u0000\u2028', empty: {}, no: false, big: 1e21 },
  a_list: [[], [[]], ''],
};

describe('a provider that speaks the caller’s dialect', () => {
  let upstream: Upstream;
  let gateway: Gateway;

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: upstream.env });
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  describe.each(WAYS)('at the door %s from %s', (_name, model, door) => {
    const bare = model.slice(model.indexOf('/') + 1);

    it('gets the caller’s body with nothing changed but the model’s name', async () => {
      upstream.answers((exchange) => json(replyFor(exchange, 'Hi'))(exchange));
      const body = { ...door.ask(model, 'Hello', false), ...UNKNOWN };
      expect((await ask(gateway, door.path, body)).status).toBe(200);
      expect(upstream.last.path).toBe(door.path);
      expect(upstream.last.body).toEqual({ ...body, model: bare });
    });

    it('gets the body of a stream with nothing but a wish for usage added', async () => {
      upstream.answers((exchange) => streams(framesFor(exchange, 'Hi'))(exchange));
      const body = { ...door.ask(model, 'Hello', true), ...UNKNOWN };
      expect((await ask(gateway, door.path, body)).status).toBe(200);
      const usage = door.name === 'chat' ? { stream_options: { include_usage: true } } : {};
      expect(upstream.last.body).toEqual({ ...body, model: bare, ...usage });
    });

    it('has its answer handed on with every field', async () => {
      upstream.answers((exchange) => json({ ...replyFor(exchange, 'Hi'), ...UNKNOWN })(exchange));
      const answer = JSON.parse((await ask(gateway, door.path, door.ask(model, 'Hello', false))).text) as object;
      expect(answer).toMatchObject({ ...replyFor({ path: door.path }, 'Hi'), ...UNKNOWN });
    });

    it('has every field of every event handed on', async () => {
      const frames = framesFor({ path: door.path }, 'Hi there').map((frame) =>
        frame.replace('{', `{"later":${JSON.stringify(UNKNOWN)},`),
      );
      upstream.answers(streams(frames));
      const got = readStream(door, (await ask(gateway, door.path, door.ask(model, 'Hello', true))).text);
      const sent = readStream(door, frames.join(''));
      expect(got.complete).toBe(true);
      // the usage that only the gateway asked for stays with it
      const wanted = sent.events.filter((event) => !('usage' in event && door.name === 'chat'));
      expect(got.events.length).toBe(wanted.length);
      for (const [i, event] of wanted.entries()) expect(got.events[i]).toMatchObject(event);
    });
  });

  it('gets none of the caller’s headers but the protocol’s own, and the key that is meant for it', async () => {
    upstream.answers((exchange) => json(replyFor(exchange, 'Hi'))(exchange));
    const headers = {
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'one-2026-01-01,two-2026-02-02',
      'x-openwebui-user-email': 'ada@example.org',
      cookie: 'session=secret',
      'x-forwarded-for': '203.0.113.9',
      'openai-organization': 'org-of-the-caller',
      'x-user-id': 'ada',
      'x-request-id': 'call-1',
      'user-agent': 'browser/1.0',
    };
    for (const [, model, door] of WAYS) {
      await ask(gateway, door.path, door.ask(model, 'Hello', false), headers);
      const { headers: got } = upstream.last;
      const anthropic = door.name === 'messages';
      expect(got[anthropic ? 'x-api-key' : 'authorization']).toBe(anthropic ? 'sk-anthropic' : 'Bearer sk-openai');
      expect(got['anthropic-version']).toBe(anthropic ? '2026-10-21' : undefined);
      expect(got['anthropic-beta']).toBe(anthropic ? 'one-2026-01-01,two-2026-02-02' : undefined);
      const all = JSON.stringify(got);
      expect(all).not.toMatch(/ada|secret|203\.0\.113|org-of-the-caller|call-1|browser/);
      expect(all).not.toContain(gateway.rootKey);
    }
  });

  it('gets embeddings and token counts untouched too', async () => {
    upstream.answers((exchange) => json({ ...replyFor(exchange, ''), ...UNKNOWN })(exchange));
    const embeddings = {
      model: 'openai/text-embedding-3-small',
      input: ['Hello', ''],
      encoding_format: 'float',
      ...UNKNOWN,
    };
    const embedded = await ask(gateway, '/v1/embeddings', embeddings);
    expect(upstream.last.body).toEqual({ ...embeddings, model: 'text-embedding-3-small' });
    expect(JSON.parse(embedded.text)).toEqual({ ...replyFor(upstream.last, ''), ...UNKNOWN });

    upstream.answers(json({ input_tokens: 42, ...UNKNOWN }));
    const count = { model: 'anthropic/claude-haiku-4-5', messages: [{ role: 'user', content: 'Hello' }], ...UNKNOWN };
    const counted = await ask(gateway, '/v1/messages/count_tokens', count);
    expect(upstream.last.body).toEqual({ ...count, model: 'claude-haiku-4-5' });
    expect(JSON.parse(counted.text)).toEqual({ input_tokens: 42, ...UNKNOWN });
  });

  it('is not told what a model of another vendor thought in an earlier turn', async () => {
    upstream.answers((exchange) => json(replyFor(exchange, 'Hi'))(exchange));
    const [question, more] = ['Hello', 'And now?'].map((content) => ({ role: 'user', content }));
    const text = { type: 'text', text: 'Hi' };
    const unsigned = { type: 'thinking', thinking: 'Somebody greets me.', signature: '' };
    const claudes = { ...unsigned, signature: 'c2lnbmVk' };
    const chat = { role: 'assistant', content: 'Hi', reasoning_content: claudes.thinking, thinking_blocks: [claudes] };
    const conversations = [
      ['/v1/chat/completions', 'gpt-4o', chat, 'Hi'],
      ['/v1/messages', 'claude-haiku-4-5', { role: 'assistant', content: [unsigned, text] }, [text]],
      ['/v1/messages', 'claude-haiku-4-5', { role: 'assistant', content: [claudes, text] }, [claudes, text]],
      ['/v1/chat/completions', 'claude-haiku-4-5', chat, [claudes, text]],
    ] as const;
    for (const [path, model, answer, heard] of conversations) {
      const { status } = await ask(gateway, path, { model, max_tokens: 9, messages: [question, answer, more] });
      expect(status).toBe(200);
      expect(upstream.last.body['messages']).toEqual([
        expect.objectContaining({ role: 'user' }),
        { role: 'assistant', content: heard },
        expect.objectContaining({ role: 'user' }),
      ]);
    }
  });
});
