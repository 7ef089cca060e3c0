import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { hostOf, type OutgoingHosts } from './outgoing-hosts';

const HEADER_BYTES = 16_384;

type Resolve = (
  host: string,
  options: LookupOptions & { readonly all: true },
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A name led to an address that must not be called. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('the name leads to a private address');
    this.name = 'ForbiddenAddress';
  }
}

/**
 * Looks a name up as a connection is made, and hands on the addresses that were checked: no second look can bring others. One that is
 * forbidden among them spoils all of them.
 */
export function guardedLookup(hosts: OutgoingHosts, resolve: Resolve = systemLookup as Resolve): LookupFunction {
  return (host, options, answer) => {
    resolve(host, { ...(options as LookupOptions), all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return answer(error ?? new Error('the name leads nowhere'), '', 0);
      if (!addresses.every(({ address }) => hosts.mayConnect(host.replace(/\.$/, ''), address)))
        return answer(new ForbiddenAddress(), '', 0);
      return options.all ? answer(null, addresses) : answer(null, first.address, first.family);
    });
  };
}

/** Connections to hosts that callers named. A URL whose host is an address is never looked up: ask `refusal` before. */
export function guardedAgent(hosts: OutgoingHosts, timeoutMs: number, resolve?: Resolve): Agent {
  return new Agent({
    connect: { lookup: guardedLookup(hosts, resolve), timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: HEADER_BYTES,
    pipelining: 0,
  });
}

/**
 * Whether a URL leads, as far as can be told now, to where this process may call. A name that is not found within `patienceMs` is
 * nobody's fault yet.
 * @returns why not
 */
export async function refusalNow(
  hosts: OutgoingHosts,
  url: URL,
  patienceMs: number,
  resolve: Resolve = systemLookup as Resolve,
): Promise<string | undefined> {
  const refusal = hosts.refusal(url);
  const host = hostOf(url);
  if (refusal !== undefined || isIP(host)) return refusal;
  return new Promise((done) => {
    const timer = setTimeout(() => done(undefined), patienceMs);
    guardedLookup(hosts, resolve)(host, {}, (error) => {
      clearTimeout(timer);
      done(error instanceof ForbiddenAddress ? 'must not lead to a private address' : undefined);
    });
  });
}
