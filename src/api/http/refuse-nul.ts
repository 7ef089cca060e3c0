import { GatewayError } from '../../contract/errors';

/** No text that is looked for has a NUL, and PostgreSQL takes none. @returns why a query is refused, by the parameter at fault */
export function nulIn(url: string): GatewayError | undefined {
  const at = url.indexOf('?');
  if (at < 0 || !url.includes('%00', at)) return undefined;
  const [param = ''] = [...new URLSearchParams(url.slice(at))].find((named) => named.join().includes('\0')) ?? [];
  const shown = /^\w{1,64}$/.test(param) ? param : 'query';
  return new GatewayError('invalid_request', `${shown}: must hold no NUL`, { param: shown });
}
