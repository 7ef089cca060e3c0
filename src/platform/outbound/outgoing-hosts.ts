import { BlockList, isIP } from 'node:net';
import { isPrivateHost } from '../config/private-host';
import { isPublicAddress } from './public-address';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,126}$/;

/** Whether an operator may write this as a host that may be called: a name, an address, or a network in CIDR notation. */
export function isAllowance(entry: string): boolean {
  const [address = '', prefix, ...more] = entry.split('/');
  const family = isIP(address);
  if (prefix === undefined) return family !== 0 || (HOST_NAME.test(entry) && !/^[\d.]+$/.test(entry));
  return !more.length && family !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

/**
 * Which hosts callers may have this process call: those of the public internet, and what the operator allows beside them. The text of
 * a URL says little: its name may lead anywhere, and elsewhere tomorrow. So addresses are checked when a connection is made.
 */
export class OutgoingHosts {
  private readonly names: ReadonlySet<string>;
  private readonly networks = new BlockList();

  /** @param allowed each as `isAllowance` takes it */
  constructor(allowed: readonly string[]) {
    this.names = new Set(allowed.filter((entry) => !isIP(entry.split('/')[0] as string)));
    for (const entry of allowed) {
      const [address = '', prefix] = entry.split('/');
      const family = isIP(address);
      if (!family) continue;
      const kind = family === 4 ? 'ipv4' : 'ipv6';
      if (prefix === undefined) this.networks.addAddress(address, kind);
      else this.networks.addSubnet(address, Number(prefix), kind);
    }
  }

  /** Why a URL cannot be called, as far as its text says; undefined when it may be. */
  refusal(url: URL): string | undefined {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL';
    if (url.username || url.password) return 'must hold no user name and no password';
    const host = hostOf(url);
    const allowed = this.names.has(host) || this.isAllowedAddress(host);
    if (allowed) return undefined;
    if (url.protocol !== 'https:') return 'must be an https URL';
    if (isIP(host) ? !isPublicAddress(host) : isPrivateHost(host)) return 'must not lead to a private address';
    return undefined;
  }

  /** @param host the name that led to the address, or the address itself */
  mayConnect(host: string, address: string): boolean {
    return this.names.has(host) || isPublicAddress(address) || this.isAllowedAddress(address);
  }

  private isAllowedAddress(host: string): boolean {
    const family = isIP(host);
    return family !== 0 && !host.includes('%') && this.networks.check(host, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/** As it is looked up: no brackets, no dot at the end. */
export function hostOf({ hostname }: URL): string {
  return hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}
