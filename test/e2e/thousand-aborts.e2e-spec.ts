import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, begin, type Asking, until } from '../support/ask';
import { callsOf } from '../support/audit';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, readStream } from '../support/inference-doors';
import { type Script, Upstream } from '../support/upstream';
import { json, never, says } from '../support/upstream-scripts';
import { framesFor } from '../support/vendor-replies';

const THOUSAND = 1_000;
const HUNDRED = 100;
/** Connections that are opened at a time: fewer than a listening socket queues. */
const BATCH = 200;
const DRIP_MS = 400;
const WITHIN_MS = 30_000;
/** Idle connections that pools open and close by themselves. */
const POOLED = 20;
const MEBIBYTE = 1_048_576;
const MODELS = ['openai/gpt-4o', 'anthropic/claude-haiku-4-5'];
const NARROW = 'openai/gpt-4o-mini';
const policies = `
models:
  ${NARROW}: { bulkhead: { concurrency: 5, queue: 200, queueMs: 60000 } }
`;

/** Begins an answer and never comes to its end. */
const drips: Script = async (exchange) => {
  const { response, signal } = exchange;
  const frames = framesFor(exchange, 'one two three');
  const word = frames.find((frame) => frame.includes('two')) ?? '';
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(frames.slice(0, frames.indexOf(word)).join(''));
  for (;;) {
    await sleep(DRIP_MS, undefined, { signal });
    response.write(word);
  }
};

describe('a thousand callers that hang up at the same time', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let key: string;
  const asked: Asking[] = [];

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: { ...upstream.env, NODE_OPTIONS: '--inspect=127.0.0.1:0' }, policies });
    key = await keyFor(THOUSAND);
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  afterEach(() => hangUp(asked.splice(0)));

  async function keyFor(concurrency: number): Promise<string> {
    const response = await fetch(`${gateway.url}/v1/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `at-once-${concurrency}`, roles: ['client'], limits: { concurrency } }),
    });
    return ((await response.json()) as { key: string }).key;
  }

  /** Callers at all doors, asking all providers in turn unless told which. */
  async function crowd(name: string, count: number, stream: boolean, model?: string): Promise<Asking[]> {
    const askings: Asking[] = [];
    for (let i = 0; i < count; i++) {
      const door = DOORS[i % DOORS.length] ?? DOORS[0]!;
      const wanted = model ?? MODELS[Math.floor(i / DOORS.length) % MODELS.length] ?? '';
      const headers = { authorization: `Bearer ${key}`, 'x-request-id': `${name}-${i}` };
      askings.push(begin(gateway, door.path, door.ask(wanted, 'Hello', stream), headers));
      if (i % BATCH === BATCH - 1) await until(() => upstream.exchanges.length > i - BATCH || undefined, WITHIN_MS);
    }
    asked.push(...askings);
    return askings;
  }
  const hangUp = (askings: readonly Asking[]) => askings.forEach(({ request }) => request.destroy());
  const hearsSomething = async ({ response }: Asking) => {
    const answer: IncomingMessage = await response;
    await new Promise((heard) => answer.once('data', heard));
    answer.on('error', () => undefined).resume();
  };
  const providersAreFree = () => until(() => upstream.open === 0 || undefined, WITHIN_MS);

  /** How many records of a crowd have which status, once none of them is open. */
  async function closedRecords(name: string, count: number): Promise<Record<string, number>> {
    return until(async () => {
      const found: Record<string, number> = {};
      for (const { status } of await callsOf(gateway.databaseUrl, `${name}-`)) found[status] = (found[status] ?? 0) + 1;
      const all = Object.values(found).reduce((sum, number) => sum + number, 0);
      return all - (found['in_progress'] ?? 0) === count ? found : undefined;
    }, WITHIN_MS);
  }

  async function metric(name: string): Promise<number> {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
  }

  /** What is in use after a full garbage collection. */
  async function heapBytes(): Promise<number> {
    const inspector = new WebSocket(/ws:\/\/\S+/.exec(gateway.logs())?.[0] ?? '');
    await new Promise((opened) => inspector.addEventListener('open', opened, { once: true }));
    const collected = new Promise((answered) => inspector.addEventListener('message', answered, { once: true }));
    inspector.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
    await collected;
    inspector.close();
    return metric('nodejs_heap_size_used_bytes');
  }

  /** Every slot of the key is there again: as many calls at once as it may make, and not one more. */
  async function expectAllSlots(name: string): Promise<void> {
    let goOn = (): void => undefined;
    const all = new Promise<void>((resolve) => (goOn = resolve));
    upstream.answers(async (exchange) => {
      await all;
      await says('back again')(exchange);
    });
    const askings = await crowd(name, THOUSAND, true, MODELS[0]);
    await until(() => upstream.exchanges.length === THOUSAND || undefined, WITHIN_MS);
    const [chat] = DOORS;
    const headers = { authorization: `Bearer ${key}` };
    const oneMore = await ask(gateway, chat!.path, chat!.ask(MODELS[0]!, 'Hello', true), headers);
    expect([oneMore.status, oneMore.text]).toEqual([429, expect.stringContaining('concurrency_limited')]);
    goOn();
    const texts = askings.map(async ({ response }, i) => {
      const chunks: Buffer[] = [];
      for await (const chunk of await response) chunks.push(chunk as Buffer);
      return readStream(DOORS[i % DOORS.length]!, Buffer.concat(chunks).toString());
    });
    for (const end of await Promise.all(texts)) expect(end).toMatchObject({ complete: true, text: 'back again' });
  }

  it('leave nothing behind: no provider call, no open record, no slot, no socket, no memory', async () => {
    await expectAllSlots('before');
    const [files, heap] = [await metric('process_open_fds'), await heapBytes()];
    upstream.answers(drips);
    const askings = await crowd('stream', THOUSAND, true);
    await Promise.all(askings.map(hearsSomething));
    expect(upstream.open).toBe(THOUSAND);
    expect(await metric('process_open_fds')).toBeGreaterThan(files + THOUSAND - POOLED);

    hangUp(askings);
    await providersAreFree();
    expect(upstream.aborted).toBe(THOUSAND);
    expect(await closedRecords('stream', THOUSAND)).toEqual({ abandoned: THOUSAND });
    await until(async () => (await metric('process_open_fds')) < files + POOLED || undefined, WITHIN_MS);

    await expectAllSlots('again');
    expect(await closedRecords('again', THOUSAND)).toEqual({ answered: THOUSAND });
    expect((await heapBytes()) - heap).toBeLessThan(10 * MEBIBYTE);
  }, 120_000);

  it.each([true, false])('or a hundred before the answer begins (stream: %s)', async (stream) => {
    upstream.answers(never);
    const askings = await crowd(`early-${stream}`, HUNDRED, stream);
    await until(() => upstream.open === HUNDRED || undefined, WITHIN_MS);
    hangUp(askings);
    await providersAreFree();
    expect(await closedRecords(`early-${stream}`, HUNDRED)).toEqual({ abandoned: HUNDRED });
  });

  it('or while a refused call waits to be made again: it is not', async () => {
    const refuses = json({ error: { message: 'later', type: 'rate_limit_error' } }, 429);
    // none is refused before all have come, so that all wait at the same time, however slow the machine
    let refuseAll = (): void => undefined;
    const all = new Promise<void>((resolve) => (refuseAll = resolve));
    upstream.answers(async (exchange) => {
      await all;
      exchange.response.setHeader('retry-after', '4');
      return refuses(exchange);
    });
    const askings = await crowd('retry', HUNDRED, true);
    await until(() => upstream.exchanges.length === HUNDRED || undefined, WITHIN_MS);
    refuseAll();
    await until(() => upstream.open === 0 || undefined, WITHIN_MS);
    hangUp(askings);
    const closed = await closedRecords('retry', HUNDRED);
    expect(Object.keys(closed)).not.toContain('answered');
    await sleep(4_200);
    expect(upstream.exchanges).toHaveLength(HUNDRED);
  });

  it('or while they wait for their turn at a model that takes few at a time', async () => {
    upstream.answers(never);
    const askings = await crowd('turn', HUNDRED, true, NARROW);
    const opened = async () =>
      (await callsOf(gateway.databaseUrl)).filter(({ request_id }) => request_id.startsWith('turn-')).length ===
      HUNDRED;
    await until(async () => ((await opened()) && upstream.open >= 5) || undefined, WITHIN_MS);
    hangUp(askings);
    await providersAreFree();
    await closedRecords('turn', HUNDRED);
    upstream.answers(says('your turn'));
    const [chat] = DOORS;
    const served = await Promise.all(
      Array.from({ length: 20 }, () => ask(gateway, chat!.path, chat!.ask(NARROW, 'Hello', false))),
    );
    expect(served.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });
});
