import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'pg';
import { ask, begin, until } from '../support/ask';
import { asSuperuser, callsOf } from '../support/audit';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, type InferenceDoor, readStream } from '../support/inference-doors';
import { type Exchange, Upstream } from '../support/upstream';
import { never, rests, says, stalls } from '../support/upstream-scripts';
import { framesFor } from '../support/vendor-replies';

const MODEL = 'openai/gpt-4o';
const STREAMS = 20;
const RUNNING = 50;
const KILLED_AT = 30;
const WORDS = 'word '.repeat(40);

const doorOf = (i: number): InferenceDoor => DOORS[i % DOORS.length]!;
const beginning = (exchange: Exchange): string => framesFor(exchange, WORDS).slice(0, 8).join('');
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a gateway', () => {
  let upstream: Upstream;
  const gateways: Gateway[] = [];

  beforeAll(async () => {
    upstream = await Upstream.start();
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await upstream?.close();
  });

  async function start(settings?: string): Promise<Gateway> {
    const gateway = await startGateway({ env: upstream.env, settings });
    gateways.push(gateway);
    return gateway;
  }
  const asked = (count: number) => until(() => upstream.exchanges.length === count || undefined);

  it('that is told to stop lets streams end, takes no new connections, and ends with 0', async () => {
    const gateway = await start();
    const release = new EventEmitter().setMaxListeners(STREAMS);
    upstream.answers((exchange) => rests(framesFor(exchange, WORDS), 20, once(release, 'go'))(exchange));
    const streams = numbers(STREAMS).map((i) => ask(gateway, doorOf(i).path, doorOf(i).ask(MODEL, 'Hello', true)));
    await asked(STREAMS);
    const stopped = gateway.stop();
    await until(async () => (await refusesConnections(gateway)) || undefined);
    expect(upstream.open).toBe(STREAMS);
    release.emit('go');
    for (const [i, { status, text, broken }] of (await Promise.all(streams)).entries()) {
      expect([status, broken]).toEqual([200, false]);
      expect(readStream(doorOf(i), text)).toMatchObject({ text: WORDS, complete: true, failure: undefined });
    }
    expect(await stopped).toBe(0);
    expect(gateway.logs()).toContain(`"n":${STREAMS},"msg":"stopping"`);
    expect(gateway.logs()).not.toContain('the grace is over');
    expect(await statuses(gateway)).toEqual({ answered: STREAMS });
  }, 60_000);

  it('that is told to stop ends a stream that would never end when the grace is over', async () => {
    const gateway = await start('server: { shutdownGraceMs: 600 }');
    upstream.answers((exchange) => stalls(beginning(exchange))(exchange));
    const streams = DOORS.map((door) => begin(gateway, door.path, door.ask(MODEL, 'Hello', true)));
    const responses = await Promise.all(streams.map(({ response }) => response));
    const ends = responses.map((response) => new Promise((ended) => response.once('close', ended).resume()));
    const started = performance.now();
    expect(await gateway.stop()).toBe(0);
    const ms = performance.now() - started;
    expect([ms > 550, ms < 4_000]).toEqual([true, true]);
    await Promise.all(ends);
    await until(() => upstream.open === 0 || undefined);
    expect(gateway.logs()).toContain(`"n":${DOORS.length},"msg":"the grace is over`);
    expect(await statuses(gateway)).toEqual({ abandoned: DOORS.length });
  }, 60_000);

  it('that is killed has a record of every call that a provider ever saw', async () => {
    const gateway = await start('audit: { heartbeatSeconds: 1 }');
    let killing: Promise<void> | undefined;
    upstream.answers((exchange) => {
      // in the middle of things: others have only just arrived, or wait for their record
      if (upstream.exchanges.length === KILLED_AT) killing = gateway.kill();
      return upstream.exchanges.length % 2 ? never(exchange) : stalls(beginning(exchange))(exchange);
    });
    for (const i of numbers(RUNNING)) {
      const headers = { 'x-request-id': `killed-${i}` };
      begin(gateway, doorOf(i).path, doorOf(i).ask(MODEL, `prompt ${i}.`, true), headers);
    }
    await until(() => killing && killing.then(() => true));
    const seen = upstream.exchanges.map(({ raw }) => `killed-${/prompt (\d+)\./.exec(raw.toString())?.[1]}`);
    expect(new Set(seen).size).toBeGreaterThanOrEqual(KILLED_AT);

    const next = await gateway.another();
    const headers = { authorization: `Bearer ${next.rootKey}` };
    for (const id of seen) {
      const record = await (await fetch(`${next.url}/v1/requests/${id}`, { headers })).json();
      expect(record).toMatchObject({ request_id: id, closed_at: null, status: 'in_progress' });
    }
  }, 60_000);

  it('that comes back after that says of such calls that their outcome is unknown, in time', async () => {
    const gateway = gateways.at(-1)!;
    const next = await gateway.another();
    await until(async () => !('in_progress' in (await statuses(next))) || undefined, 15_000);
    expect((await statuses(next))['outcome_unknown']).toBeGreaterThanOrEqual(KILLED_AT);
    const headers = { authorization: `Bearer ${next.rootKey}` };
    const record = await (await fetch(`${next.url}/v1/requests/killed-0`, { headers })).json();
    expect(record).toMatchObject({ status: 'outcome_unknown' });
  }, 60_000);

  it('asks no provider before the record of the call is durable', async () => {
    const gateway = await start();
    upstream.answers(says('done'));
    const client = new Client(asSuperuser(gateway.databaseUrl));
    await client.connect();
    await client.query('begin; lock table audit.batches in exclusive mode');
    const calls = DOORS.map((door) => ask(gateway, door.path, door.ask(MODEL, 'Hello', false)));
    const waiting = `select count(*)::int as count from pg_locks where not granted and relation = 'audit.batches'::regclass`;
    await until(async () => (await onDatabase<{ count: number }>(gateway, waiting))[0]?.count || undefined);
    await new Promise((passed) => setTimeout(passed, 200));
    expect(upstream.exchanges).toEqual([]);
    await client.query('commit');
    await client.end();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(DOORS.map(() => 200));
    expect(await statuses(gateway)).toEqual({ answered: DOORS.length });
  }, 60_000);
});

function refusesConnections({ url }: Gateway): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

async function onDatabase<Row>({ databaseUrl }: Gateway, sql: string): Promise<Row[]> {
  const client = new Client(asSuperuser(databaseUrl));
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** How many records there are in each status. */
async function statuses(gateway: Gateway): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { status } of await callsOf(gateway.databaseUrl)) found[status] = (found[status] ?? 0) + 1;
  return found;
}
