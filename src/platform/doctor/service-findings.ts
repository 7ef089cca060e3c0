import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { fail, ok, warn, type Finding } from './finding';

const REACH_MS = 3_000;
const LEAST_REDIS = 7;

/** Whether somebody listens there; no request is made, so no money is spent. */
export function reachFinding(what: string, url: string): Promise<Finding> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const started = performance.now();
    const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)), timeout: REACH_MS });
    const done = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    socket.once('connect', () =>
      done(ok(what, `${host} answers within ${Math.round(performance.now() - started)} ms`)),
    );
    socket.once('timeout', () => done(fail(what, `${host} does not answer within ${REACH_MS} ms`)));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      done(fail(what, `${host} cannot be reached: ${error.code ?? 'no connection'}`)),
    );
  });
}

/** Whether Redis answers, is new enough, and forgets nothing that limits and queues rely on. */
export async function redisFinding(url: string): Promise<Finding> {
  const what = 'redis';
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REACH_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => undefined,
  });
  let reason = 'refused';
  client.on('error', ({ code }: NodeJS.ErrnoException) => (reason = code ?? reason));
  try {
    await client.connect();
    const info = await client.info();
    const version = /^(?:valkey|redis)_version:(\S+)/m.exec(info)?.[1] ?? '';
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
    if (Number.parseInt(version, 10) < LEAST_REDIS)
      return fail(what, `version ${version} is too old: 7 or later is needed`);
    if (policy !== 'noeviction')
      return warn(what, `maxmemory-policy is ${policy}: limits and jobs may be evicted; set noeviction`);
    return ok(what, `version ${version}`);
  } catch {
    return fail(what, `does not answer: ${reason}`);
  } finally {
    client.disconnect();
  }
}

/** What is on the port that the gateway would listen on. */
export async function portFinding(host: string, port: number): Promise<Finding> {
  const what = 'port';
  const at = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
  try {
    const answer = await fetch(`${at}/health/ready`, { signal: AbortSignal.timeout(REACH_MS) });
    const { status } = (await answer.json()) as { status?: unknown };
    if (status === undefined) return fail(what, `another program answers at ${at}: set PORT`);
    return answer.ok
      ? ok(what, `a gateway runs at ${at} and is ready`)
      : warn(what, `a gateway runs at ${at} and is not ready: ${at}/health says why`);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED') return ok(what, `${at} is free`);
    return fail(what, `what listens at ${at} is not a gateway: set PORT`);
  }
}
