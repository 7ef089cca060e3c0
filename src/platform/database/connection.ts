import type { ClientConfig } from 'pg';

const STATEMENT_MS = 15_000;

/** How every connection to PostgreSQL is made: with a deadline for connecting and one for each statement. */
export function connectionOptions(url: string, name: string): ClientConfig {
  return {
    connectionString: url,
    application_name: `gatehouse-${name}`,
    connectionTimeoutMillis: 3_000,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + 1_000,
    keepAlive: true,
  };
}

/** There is no room left to write to; reading goes on. */
export function isDiskFull(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '53100';
}

/** The database cannot be reached or is not taking work: trying again later may succeed, whatever was asked. */
export function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string')
    return (
      /^(08|53|57P|58)|^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/.test(code) ||
      code === '57014'
    );
  const message = error instanceof Error ? error.message : '';
  return /timeout|terminated|Connection (ended|closed)|Client (was closed|has encountered)|not queryable|pool/i.test(
    message,
  );
}
