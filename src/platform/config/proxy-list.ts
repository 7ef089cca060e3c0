import { isIP, isIPv4 } from 'node:net';

/** Names that stand for ranges of private addresses. */
const RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** Addresses, ranges (`10.0.0.0/8`) and their names, separated by commas, as `server.trustProxy` takes them. */
export function isProxyList(text: string): boolean {
  return text.split(',').every((part) => isProxy(part.trim()));
}

function isProxy(text: string): boolean {
  const [address = '', range, ...rest] = text.split('/');
  if (rest.length) return false;
  if (range === undefined) return RANGES.has(address) || isIP(address) !== 0;
  const most = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  const bits = /^\d{1,3}$/.test(range) ? Number(range) : 0;
  return (bits > 0 && bits <= most) || (isIPv4(address) && isIPv4(range));
}
