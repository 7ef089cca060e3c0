import { GatewayError } from '../../contract/errors';

/** No name or text of ours has a NUL, and PostgreSQL takes none. @returns why the address is refused, by the parameter at fault */
export function nulIn(url: string): GatewayError | undefined {
  if (!url.includes('%00')) return undefined;
  const at = url.indexOf('?');
  const named = at < 0 ? [] : [...new URLSearchParams(url.slice(at))];
  const [param = 'path'] = named.find(([name, value]) => `${name}${value}`.includes('\0')) ?? [];
  const shown = /^\w{1,64}$/.test(param) ? param : 'query';
  return new GatewayError('invalid_request', `${shown}: must hold no NUL`, { param: shown });
}
