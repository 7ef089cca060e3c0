import { CANARY } from './canary';
import type { Random } from './random';

const PREFIXES = [
  '/v1/requests/',
  '/v1/keys/',
  '/v1/tenants/',
  '/v1/models/',
  '/v1/messages/',
  '/v1/responses/',
  '/v1/',
  '/',
  '/docs/',
  '/health/',
];

const TAILS = [
  '%00', '%zz', '%', '%e0%a4%a', '%c0%ae%c0%ae', '%ff', '%2e%2e%2f%2e%2e', '..', '../..', '..%2f..%2fetc%2fpasswd', '%5c..%5c',
  '%0d%0aset-cookie:a=b', '%20', '%ed%a0%80', '%f0%9f%92%a3', ';a=b', ':', '*', '**', '__proto__', 'constructor', 'toString',
  "'%20or%201=1--", '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', `${CANARY}%zz`, CANARY,
  `${CANARY}%00`, 'x'.repeat(129), CANARY.repeat(30), CANARY.repeat(600), 'a/'.repeat(300), '%61'.repeat(400), '#', '//', '?',
]; // prettier-ignore

const QUERIES = [
  '?limit=-1', '?limit=1e400', '?limit=NaN', '?limit=%00', '?limit', '?limit=1&limit=2', '?limit[]=1', '?limit[a]=1', '?cursor=x',
  '?cursor=%00', '?cursor=00000000-0000-0000-0000-000000000000', '?tenant=x', '?__proto__=1', '?__proto__[a]=1', '?constructor=1',
  '?%00=1', '?%zz=1', '?a=%zz', '?=', '?&&&', '?a=b=c', `?${CANARY}%20${CANARY}=1`, `?x=${CANARY.repeat(300)}`, '?a=1&'.repeat(500),
  `?${Array.from({ length: 900 }, (_, i) => `a${i}=1`).join('&')}`, '?%ed%a0%80=1', '??', '?;', '?beta=true',
]; // prettier-ignore

const QUERIED = [
  '/v1/keys',
  '/v1/tenants',
  '/v1/models',
  '/v1/messages',
  '/v1/chat/completions',
  '/metrics',
  '/health/ready',
  '/nowhere',
];

/** A path or a query that no client writes. */
export function badTarget(random: Random): { attack: string; method: string; target: string } {
  const byPath = random.chance(0.6);
  const target = byPath ? random.pick(PREFIXES) + random.pick(TAILS) : random.pick(QUERIED) + random.pick(QUERIES);
  const method = random.pick(['GET', 'GET', 'GET', 'DELETE', 'PATCH', 'POST', 'HEAD']);
  return { attack: `${method} of a strange ${byPath ? 'path' : 'query'}`, method, target };
}
