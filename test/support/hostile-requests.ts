import { BREAKS } from './hostile/broken-json';
import { CANARY } from './hostile/canary';
import { ADMINISTRATION, CALLS, type Door } from './hostile/doors';
import { badHeaders } from './hostile/headers';
import { Members, spell, treeOf } from './hostile/json-text';
import { mutate } from './hostile/mutate';
import type { Random } from './hostile/random';
import { badTarget } from './hostile/targets';

export interface HostileRequest {
  /** What was done to a request that was well-formed. */
  readonly attack: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: Buffer;
  /** The gateway may close the connection instead of answering: it cannot read the request to its end. */
  readonly mayClose?: boolean;
}

export interface Aim {
  /** A valid API key. */
  readonly key: string;
  /** Bodies above it are refused. */
  readonly bodyBytes: number;
}

type Maker = (random: Random, aim: Aim) => HostileRequest;

/** Kinds of attacks, and how many of a hundred requests are of that kind. */
const KINDS: readonly (readonly [share: number, make: Maker])[] = [
  [55, mutatedCall],
  [8, mutatedAdministration],
  [13, brokenBody],
  [8, wrongMethod],
  [8, wrongHeaders],
  [7, wrongTarget],
  [1, tooLarge],
];

/** The same for the same state of `random`. */
export function hostileRequest(random: Random, aim: Aim): HostileRequest {
  let at = random.below(100);
  for (const [share, make] of KINDS) if ((at -= share) < 0) return make(random, aim);
  return mutatedCall(random, aim);
}

export function json(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
}

function mutatedCall(random: Random, aim: Aim): HostileRequest {
  return mutated(random, aim, random.pick(CALLS), { 'x-user-id': CANARY, 'x-session-id': CANARY });
}

function mutatedAdministration(random: Random, aim: Aim): HostileRequest {
  return mutated(random, aim, random.pick(ADMINISTRATION), {});
}

function mutated(random: Random, { key }: Aim, door: Door, more: Record<string, string>): HostileRequest {
  const body = treeOf(door.body);
  if (random.chance(0.3) && body instanceof Members)
    for (const member of body.list) if (member[0] === 'stream') member[1] = true;
  const attack = mutate(random, body);
  return {
    attack,
    method: 'POST',
    target: door.path,
    headers: { ...json(key), ...more },
    body: Buffer.from(spell(body)),
  };
}

function brokenBody(random: Random, { key }: Aim): HostileRequest {
  const door = random.pick([...CALLS, ...ADMINISTRATION]);
  const [name, broken] = random.pick(BREAKS);
  const body = Buffer.from(broken(random, JSON.stringify(door.body)));
  const encoded: Record<string, string> = random.chance(0.3)
    ? { 'content-encoding': random.pick(['gzip', 'br', 'x', '']) }
    : {};
  return { attack: `body: ${name}`, method: 'POST', target: door.path, headers: { ...json(key), ...encoded }, body };
}

const METHODS = ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'POST'];
const ROUTES = [...CALLS, ...ADMINISTRATION].map(({ path }) => path);
const OTHERS = [
  '/',
  '/v1',
  '/v1/models',
  '/v1/models/fast',
  '/v1/requests/x',
  '/v1/keys/x',
  '/v1/tenants/x',
  '/health/live',
  '/metrics',
  '/nowhere',
];

function wrongMethod(random: Random, { key }: Aim): HostileRequest {
  const method = random.pick(METHODS);
  const target = random.pick([...ROUTES, ...OTHERS]);
  const cors: Record<string, string> = random.chance(0.3)
    ? { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    : {};
  const body = random.chance(0.5) ? Buffer.from(`{"model":"${CANARY}"}`) : undefined;
  return { attack: `${method} on this route`, method, target, headers: { ...json(key), ...cors }, body };
}

function wrongHeaders(random: Random, { key }: Aim): HostileRequest {
  const door = random.pick([...CALLS, ...ADMINISTRATION]);
  const { attack, headers } = badHeaders(random, key);
  return { attack, method: 'POST', target: door.path, headers, body: Buffer.from(JSON.stringify(door.body)) };
}

function wrongTarget(random: Random, { key }: Aim): HostileRequest {
  const { attack, target, method } = badTarget(random);
  const vendor: Record<string, string> = random.chance(0.3) ? { 'anthropic-version': '2023-06-01' } : {};
  const body = method === 'POST' ? Buffer.from(JSON.stringify(random.pick(CALLS).body)) : undefined;
  return { attack, method, target, headers: { ...json(key), ...vendor }, body };
}

function tooLarge(random: Random, { key, bodyBytes }: Aim): HostileRequest {
  const door = random.pick([...CALLS, ...ADMINISTRATION]);
  const headers: Record<string, string> = random.chance(0.5) ? { 'transfer-encoding': 'chunked' } : {};
  const body = Buffer.alloc(bodyBytes + 1 + random.below(bodyBytes), ' ');
  return {
    attack: 'a body above the limit',
    method: 'POST',
    target: door.path,
    headers: { ...json(key), ...headers },
    body,
    mayClose: true,
  };
}
