import { ask, recordOf, type Reply, until } from '../support/ask';
import { headersOf } from '../support/audit';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, type InferenceDoor, readStream } from '../support/inference-doors';
import { answers, FORMAT, inTurn, PERSON, TOOLS } from '../support/structured';
import { Upstream } from '../support/upstream';
import { json, never, says } from '../support/upstream-scripts';

const OPENAI = 'openai/gpt-4o';
const ANTHROPIC = 'anthropic/claude-haiku-4-5';
const CANARY = 'quokka-5521';
const [CHAT] = DOORS as readonly [InferenceDoor];
const POLICIES = `
defaults:
  retry: { attempts: 1 }
  degradation: { template: true }
tenants:
  kept: { degradation: { cached: true, stale: true } }
templates: [{ name: any, pattern: '.', answer: 'A text of the operator.' }]
`;

/** Every door, to a provider of its own dialect and to one of another. */
const WAYS = DOORS.flatMap((door) =>
  [OPENAI, ANTHROPIC].flatMap((model) => [false, true].map((stream) => ({ door, model, stream, at: door.name }))),
);
const KINDS = WAYS.flatMap((way) =>
  [
    {
      tool: false,
      what: 'text',
      good: '{"name": "Ada", "age": 36}',
      bad: `{"name": "${CANARY}", "age": "x"}`,
      at: '/age',
    },
    { tool: true, what: 'tool', good: '{"city": "Lisboa"}', bad: `{"town": "${CANARY}"}`, at: '/city' },
  ].map((kind) => ({ ...way, ...kind, pointer: kind.at, keyword: kind.tool ? 'required' : 'type', at: way.at })),
);
type Kind = (typeof KINDS)[number];

describe('structured output', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let keptKey: string;
  let numbered = 0;

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: upstream.env, policies: POLICIES });
    const post = async (path: string, body: object) =>
      JSON.parse((await ask(gateway, path, body)).text) as Record<string, string>;
    const tenant = (await post('/v1/tenants', { name: 'kept' }))['id'];
    keptKey = (await post('/v1/keys', { name: 'kept', tenant }))['key']!;
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  async function call({ door, model, stream, tool }: Kind, validate: string, more: object = {}) {
    const id = `structured-${++numbered}`;
    const body = { ...door.ask(model, 'Who?', stream), ...(tool ? TOOLS : FORMAT)[door.name], ...more };
    const reply = await ask(gateway, door.path, body, { 'x-request-id': id, 'x-gatehouse-validate': validate });
    return { ...reply, id, validated: reply.headers['x-gatehouse-validated'] };
  }
  /** What a client finds: the text or the arguments, whole. */
  function said({ text }: Reply, { door, stream, tool }: Kind): unknown {
    if (!tool) return JSON.parse(stream ? readStream(door, text).text : door.text(JSON.parse(text)));
    const found = /\{\\"city\\": ?\\"Lisboa\\"\}|"input":\{"city":"Lisboa"\}/.exec(text)?.[0];
    return found ? { city: 'Lisboa' } : text;
  }
  const entriesOf = async (id: string) =>
    (await headersOf(gateway.databaseUrl, id)).filter(({ request_id }) => request_id === id);
  const complete = ({ text }: Reply, { door, stream }: Kind) => !stream || readStream(door, text).complete;

  it.each(KINDS)('hands out what conforms: $at, $model, stream $stream, $what', async (kind) => {
    upstream.answers(answers(kind.tool, kind.good));
    const reply = await call(kind, 'true');
    expect([reply.status, reply.validated, complete(reply, kind)]).toEqual([200, 'true', true]);
    expect(said(reply, kind)).toEqual(JSON.parse(kind.good));
    expect(upstream.exchanges).toHaveLength(1);
    expect(await recordOf(gateway, reply.id)).toMatchObject({ status: 'answered', validated: 'valid', attempts: 1 });
  });

  it.each(KINDS)('has an answer repaired: $at, $model, stream $stream, $what', async (kind) => {
    upstream.answers(inTurn(answers(kind.tool, kind.bad), answers(kind.tool, kind.good)));
    const reply = await call(kind, 'repair');
    expect([reply.status, reply.validated, complete(reply, kind)]).toEqual([200, 'repaired', true]);
    expect(reply.headers['x-gatehouse-attempts']).toBe('2');
    expect(reply.text).not.toContain(CANARY);
    expect(said(reply, kind)).toEqual(JSON.parse(kind.good));

    const [first, second, ...rest] = upstream.exchanges;
    expect(rest).toEqual([]);
    expect(second!.path).toBe(first!.path);
    const turns = (body: Record<string, unknown>) => (body['messages'] ?? body['input']) as unknown[];
    const before = turns(first!.body);
    // a Responses prompt may be one text
    const added = Array.isArray(before) ? turns(second!.body).slice(before.length) : turns(second!.body).slice(1);
    expect(JSON.stringify(added)).toContain(CANARY);
    expect(JSON.stringify(added)).toContain(`at ${kind.pointer}: violates \\"${kind.keyword}\\"`);
    expect({ ...second!.body, messages: 0, input: 0 }).toEqual({ ...first!.body, messages: 0, input: 0 });

    expect(await recordOf(gateway, reply.id)).toMatchObject({
      status: 'answered',
      validated: 'repaired',
      attempts: 2,
      usage: { input_tokens: 10, output_tokens: 14 },
      tried: [{ provider: first!.path.endsWith('/messages') ? 'anthropic' : 'openai' }, {}],
    });
    const [request, repair, response, ...others] = await entriesOf(reply.id);
    expect(others).toEqual([]);
    expect(request).toMatchObject({ event: 'llm.request' });
    expect(repair).toMatchObject({ event: 'llm.request', parent: request!.entry_id, metadata: { repair: true } });
    expect(repair!.prompt_hash).not.toBe(request!.prompt_hash);
    expect(response).toMatchObject({ event: 'llm.response', parent: request!.entry_id, outcome: 'answered' });
  });

  it.each(KINDS)('refuses what stays wrong, and shows none of it: $at, $model, stream $stream, $what', async (kind) => {
    upstream.answers(answers(kind.tool, kind.bad));
    for (const [validate, times] of [
      ['true', 1],
      ['repair', 2],
    ] as const) {
      upstream.exchanges.length = 0;
      const reply = await call(kind, validate);
      expect([reply.status, reply.validated]).toEqual([502, undefined]);
      expect(reply.text).not.toContain(CANARY);
      expect(reply.text).not.toContain('operator');
      const { error } = JSON.parse(reply.text) as { error: { details: object; message: string } };
      expect(error.details).toMatchObject({
        reason: 'nonconforming_answer',
        pointer: kind.pointer,
        keyword: kind.keyword,
        ...(kind.tool && { tool: 'get_weather' }),
      });
      expect(upstream.exchanges).toHaveLength(times);
      expect(await recordOf(gateway, reply.id)).toMatchObject({
        status: 'failed',
        error_code: 'provider_failed',
        attempts: times,
        // it was paid for all the same
        usage: { input_tokens: 5 * times, output_tokens: 7 * times },
      });
    }
  });

  const kindOf = (streamed: boolean) => KINDS.find(({ stream, tool }) => stream === streamed && !tool) as Kind;
  const [WHOLE, STREAM] = [kindOf(false), kindOf(true)];

  it('adds up what both answers used in the answer itself', async () => {
    upstream.answers(inTurn(says('no JSON'), says(WHOLE.good)));
    const reply = await call(WHOLE, 'repair');
    expect(JSON.parse(reply.text)).toMatchObject({
      usage: { prompt_tokens: 10, completion_tokens: 14, total_tokens: 24 },
    });
  });

  it('can be asked for in the body, and says what makes no sense', async () => {
    upstream.answers(inTurn(says('no'), says(WHOLE.good)));
    const body = { ...CHAT.ask(OPENAI, 'Who?', false), ...FORMAT.chat };
    const repaired = await ask(gateway, CHAT.path, { ...body, gatehouse: { validate: 'repair' } });
    expect(repaired.headers['x-gatehouse-validated']).toBe('repaired');
    upstream.answers(says(WHOLE.good));
    const plain = CHAT.ask(OPENAI, 'Who?', false);
    for (const [wrong, message] of [
      [{ ...body, gatehouse: { validate: 'yes' } }, 'must be true or repair'],
      [{ ...plain, gatehouse: { validate: true } }, 'nothing to validate'],
      [{ ...body, n: 2, gatehouse: { validate: 'repair' } }, 'single answer'],
      [
        {
          ...plain,
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'x', schema: { $ref: 'https://example.org/schema.json' } },
          },
          gatehouse: { validate: true },
        },
        'nothing is fetched',
      ],
    ] as const) {
      const reply = await ask(gateway, CHAT.path, wrong);
      expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(message)]);
    }
    expect(upstream.exchanges).toHaveLength(0);
  });

  it('hands out a refusal as it is: there is no answer that could conform', async () => {
    upstream.answers((exchange) => {
      const message = { role: 'assistant', content: null, refusal: 'I will not.' };
      return json({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'gpt-4o',
        choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
        usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
      })(exchange);
    });
    const reply = await call(WHOLE, 'repair');
    expect([reply.status, reply.validated, upstream.exchanges.length]).toEqual([200, undefined, 1]);
    expect(reply.text).toContain('I will not.');
  });

  it('ends at the deadline of the call, repair included', async () => {
    upstream.answers(inTurn(says('no'), never));
    const started = performance.now();
    const reply = await ask(
      gateway,
      CHAT.path,
      { ...CHAT.ask(OPENAI, 'Who?', true), ...FORMAT.chat },
      { 'x-gatehouse-validate': 'repair', 'x-gatehouse-timeout-ms': '700' },
    );
    expect(reply.status).toBe(504);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect([upstream.exchanges.length, reply.headers['x-gatehouse-attempts']]).toEqual([2, '2']);
  });

  it('keeps only what conforms, and gives a call that asks for it nothing that nobody validated', async () => {
    const asked = (validate?: string) =>
      ask(
        gateway,
        CHAT.path,
        { ...CHAT.ask(OPENAI, 'Keep?', false), ...FORMAT.chat },
        { authorization: `Bearer ${keptKey}`, ...(validate && { 'x-gatehouse-validate': validate }) },
      );
    upstream.answers(says('invalid'));
    await asked();
    await until(async () => (await asked()).headers['x-gatehouse-cache'] === 'hit' || undefined);
    expect((await asked('true')).status).toBe(502);
    expect((await asked('true')).status).toBe(502);
    upstream.answers(says(WHOLE.good));
    expect((await asked('true')).headers['x-gatehouse-validated']).toBe('true');
    upstream.answers(says('invalid'));
    const hit = await until(async () => {
      const reply = await asked('true');
      return reply.headers['x-gatehouse-cache'] === 'hit' ? reply : undefined;
    });
    expect(hit.headers['x-gatehouse-validated']).toBe('true');
  });

  it('forwards a stream that conforms byte for byte', async () => {
    upstream.answers(says(STREAM.good));
    const plain = await ask(gateway, CHAT.path, { ...CHAT.ask(OPENAI, 'Who?', true), ...FORMAT.chat });
    expect((await call(STREAM, 'true')).text).toBe(plain.text);
    expect(PERSON.required).toContain('age');
  });
});
