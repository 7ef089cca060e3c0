import { GatewayError } from '../../../contract/errors';

/** What must be encrypted cannot be at the moment, and what is encrypted cannot be read. */
export function keysUnavailable(cause: unknown): GatewayError {
  return new GatewayError('audit_unavailable', 'The keys of the audit log cannot be reached now', {
    retryAfter: 2,
    cause,
  });
}

/** The key database knows no such key: neither alive nor destroyed. It was restored from a copy that is too old, or the id is wrong. */
export class UnknownKeyError extends Error {}

/** @throws Error when the work takes longer; it goes on, and nobody hears how it ends */
export function inTime<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer within ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
