import { GatewayError } from '../../contract/errors';

const DEFAULT_VERSION = '2023-06-01';
const VERSION = /^\d{4}-\d{2}-\d{2}$/;
const BETA = /^[\w.,: -]{1,2000}$/;

/** The version and betas of the caller's SDK, which an Anthropic provider must see. Nothing else is forwarded. */
export function protocolHeaders(headers: {
  readonly [name: string]: string | string[] | undefined;
}): Record<string, string> {
  const version = first(headers['anthropic-version']) ?? DEFAULT_VERSION;
  if (!isVersion(version))
    throw new GatewayError('invalid_request', 'anthropic-version must be a date such as 2023-06-01', {
      param: 'anthropic-version',
    });
  const beta = joined(headers['anthropic-beta']);
  if (beta !== undefined && !BETA.test(beta))
    throw new GatewayError('invalid_request', 'anthropic-beta must be a comma-separated list of names', {
      param: 'anthropic-beta',
    });
  return { 'anthropic-version': version, ...(beta ? { 'anthropic-beta': beta } : {}) };
}

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
