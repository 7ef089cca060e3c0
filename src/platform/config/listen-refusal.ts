import { ConfigError } from './problems';

/** It is not an address of this machine, or no address at all. */
const NO_ADDRESS = /^(EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|EINVAL)$/;

/** What a start says when it cannot listen, by the variable that says where. */
export function listenRefusal(port: 'PORT' | 'GATEHOUSE_OPS_PORT', error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new ConfigError([`${NO_ADDRESS.test(code) ? 'HOST' : port}: ${message}`]);
}
