import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { ask, recordOf, until } from '../support/ask';
import { type CollectedSpan, Collector } from '../support/collector';
import { type Gateway, startGateway } from '../support/gateway';
import { Upstream } from '../support/upstream';
import { hangsUp, json, says } from '../support/upstream-scripts';

const STAGES =
  'audit admit idempotency flag sanitize instruct select route degrade cache conform shadow budget egress dispatch'.split(
    ' ',
  );
const PARENT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const TRACEPARENT = `00-${PARENT.traceId}-${PARENT.spanId}-01`;
/** What looks like the name of a metric of ours, outside of texts for people. */
const ASKED_METRIC =
  /\b(llm|gateway|circuit|bulkhead|audit|budget|guard|job|jobs|webhook|webhooks|dependency|provider|secret|access|idempotent|trace|process|nodejs)_\w+(?=[[{ )])/g;
const PERSON = 'maria.canary@example.com';
const POLICIES = `
defaults:
  retry: { attempts: 2, baseMs: 1, budgetMinimum: 10000 }
  breaker: { enabled: false }
`;

describe('traces', () => {
  let upstream: Upstream;
  let collector: Collector;
  let gateway: Gateway;

  beforeAll(async () => {
    [upstream, collector] = await Promise.all([Upstream.start(), new Collector().start()]);
    gateway = await startGateway({
      policies: POLICIES,
      env: {
        ...upstream.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=canary-collector-key',
        OTEL_SERVICE_NAME: 'gatehouse-test',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
        LOG_LEVEL: 'debug',
      },
    });
  });
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([upstream?.close(), collector?.close()]);
  });
  beforeEach(() => upstream.answers(says('Hello.')));

  const chat = (content = 'Hi', more: object = {}) => ({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content }],
    ...more,
  });
  /** Of a call, once it has ended: its first step comes last. */
  const traceOf = (requestId: string): Promise<CollectedSpan[]> =>
    until(() => {
      const whole = collector.spans.find(({ facts }) => facts['gatehouse.request_id'] === requestId);
      return whole && collector.trace(whole.traceId);
    });
  const one = (spans: readonly CollectedSpan[], name: string): CollectedSpan => {
    const found = spans.filter((span) => span.name === name);
    expect(found).toHaveLength(1);
    return found[0] as CollectedSpan;
  };

  it('show each stage and the provider within the trace of the caller', async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.rootKey, maxRetries: 0 });
    const { response } = await client.chat.completions
      .create(
        { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] },
        { headers: { traceparent: TRACEPARENT } },
      )
      .withResponse();
    const spans = await traceOf(response.headers.get('x-request-id') as string);

    const whole = one(spans, 'gatehouse chat');
    expect(whole).toMatchObject({
      ...PARENT,
      spanId: whole.spanId,
      parentSpanId: PARENT.spanId,
      kind: 2,
      failed: false,
    });
    expect(whole.facts).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.response.finish_reasons': ['stop'],
      'gatehouse.outcome': 'answered',
      'gatehouse.attempts': 1,
      'gatehouse.audit_entry': response.headers.get('x-gatehouse-audit'),
    });
    // each stage within the one before
    let above = whole;
    for (const stage of STAGES) {
      const span = one(spans, stage);
      expect([stage, span.parentSpanId, span.kind]).toEqual([stage, above.spanId, 1]);
      above = span;
    }
    const attempt = one(spans, 'chat gpt-4o-mini');
    expect(attempt).toMatchObject({ parentSpanId: above.spanId, kind: 3, failed: false });
    expect(attempt.facts).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.usage.output_tokens': expect.any(Number) as number,
    });
    // and the provider is told where it is
    expect(upstream.exchanges.at(-1)?.headers['traceparent']).toBe(`00-${PARENT.traceId}-${attempt.spanId}-01`);
    expect(collector.resources[0]).toMatchObject({
      'service.name': 'gatehouse-test',
      'deployment.environment.name': 'test',
    });
    expect(collector.asked[0]?.headers['x-api-key']).toBe('canary-collector-key');
  });

  it('have a step for every attempt, and say why one failed', async () => {
    let asked = 0;
    upstream.answers((exchange) => (++asked === 1 ? hangsUp : says('At last.'))(exchange));
    const { headers } = await ask(gateway, '/v1/chat/completions', chat('again', { stream: true }));
    const spans = await traceOf(headers['x-request-id'] as string);
    const attempts = spans.filter(({ kind }) => kind === 3);
    expect(attempts.map(({ failed, facts }) => [failed, facts['error.type']])).toEqual([
      [true, 'provider_failed'],
      [false, undefined],
    ]);
    const whole = one(spans, 'gatehouse chat');
    expect(whole.facts).toMatchObject({ 'gatehouse.attempts': 2, 'gatehouse.stream': true });
    // a stream's trace lasts until its end
    expect(whole.endNs >= (attempts[1] as CollectedSpan).endNs).toBe(true);
  });

  it('join log, record, metrics and trace', async () => {
    const { headers } = await ask(gateway, '/v1/chat/completions', chat());
    const requestId = headers['x-request-id'] as string;
    const whole = one(await traceOf(requestId), 'gatehouse chat');
    const line = await until(() =>
      gateway
        .logs()
        .split('\n')
        .find((text) => text.includes(requestId) && text.includes('"msg":"call"')),
    );
    expect(JSON.parse(line)).toMatchObject({ trace_id: whole.traceId });
    expect(JSON.stringify(await recordOf(gateway, requestId))).toContain(`"trace_id":"${whole.traceId}"`);
    const metrics = await fetch(`${gateway.url}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('application/openmetrics-text');
    const text = await metrics.text();
    expect(text).toMatch(/^llm_request_duration_seconds_bucket\{.*\} \d+ # \{trace_id="[0-9a-f]{32}"\} /m);
    expect(text.trimEnd().endsWith('# EOF')).toBe(true);
    expect(text).toMatch(/^llm_model_latency_seconds_count\{.*provider="openai".*\} [1-9]/m);
  });

  it('and dashboards and rules ask for metrics that there are', async () => {
    const folder = join(__dirname, '../../config/observability');
    const boards = readdirSync(join(folder, 'grafana/dashboards')).map((name) => join('grafana/dashboards', name));
    const asked = ['rules.yaml', ...boards].flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return [...text.matchAll(ASKED_METRIC)].map(([metric]) => metric.replace(/_(bucket|total)$/, ''));
    });
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    // OpenMetrics names a counter without its `_total`
    const there = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name.replace(/_total$/, '')));
    expect(asked.length).toBeGreaterThan(100);
    expect([...new Set(asked)].filter((name) => !there.has(name))).toEqual([]);
  });

  it('hold no word of a call, and nothing that only its caller can have written', async () => {
    upstream.answers(json({ error: { message: `no model ${PERSON}`, type: 'invalid_request_error' } }, 400));
    const failed = await ask(gateway, '/v1/chat/completions', {
      ...chat(`I am ${PERSON}`),
      model: `openai/${PERSON}`,
      user: PERSON,
    });
    expect(failed.status).toBe(400);
    upstream.answers(says(`Hello ${PERSON}`));
    const said = await ask(gateway, '/v1/chat/completions', chat(`I am ${PERSON}`), { 'x-session-id': PERSON });
    await Promise.all([failed, said].map(({ headers }) => traceOf(headers['x-request-id'] as string)));
    const sent = Buffer.concat(collector.asked.map(({ body }) => body)).toString();
    expect(sent).not.toContain('canary');
    expect(gateway.logs()).not.toContain('canary-collector-key');
  });

  it('are left alone where the caller says so, and a malformed parent is ignored', async () => {
    const before = collector.spans.length;
    const measured = async () => {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      return Number(/^llm_request_duration_seconds_count\{.*stream="false".*\} (\d+)$/m.exec(text)?.[1]);
    };
    const [calls, attempts] = [await measured(), upstream.exchanges.length];
    const quiet = await ask(gateway, '/v1/chat/completions', chat(), {
      traceparent: `00-${'1'.repeat(32)}-${PARENT.spanId}-00`,
    });
    // it counts like any other
    expect([await measured(), upstream.exchanges.length]).toEqual([calls + 1, attempts + 1]);
    const odd = await ask(gateway, '/v1/chat/completions', chat(), { traceparent: `00-${'0'.repeat(32)}-nonsense-01` });
    const whole = one(await traceOf(odd.headers['x-request-id'] as string), 'gatehouse chat');
    expect(whole.parentSpanId).toBeUndefined();
    const since = collector.spans.slice(before).map(({ facts }) => facts['gatehouse.request_id']);
    expect(since).not.toContain(quiet.headers['x-request-id']);
  });

  it('show the call of a job within the trace that the job was handed in with', async () => {
    const job = { type: 'completion', input: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] } };
    const traceId = '5'.repeat(32);
    const taken = await ask(gateway, '/v1/jobs', job, { traceparent: `00-${traceId}-${PARENT.spanId}-01` });
    const { job_id: id } = JSON.parse(taken.text) as { job_id: string };
    const whole = one(await traceOf(`job:${id}`), 'gatehouse chat');
    expect(whole).toMatchObject({ traceId, parentSpanId: PARENT.spanId });
  });

  it('do no harm when nobody takes them', async () => {
    collector.always('hangs');
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(gateway, '/v1/chat/completions', chat())));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    collector.always();
  });
});
