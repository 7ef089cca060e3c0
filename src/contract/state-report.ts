import type { JsonObject } from './json';

/** The lists of `GET /v1/status`. */
export type ReportName = 'breakers' | 'keys' | 'bulkheads' | 'concurrency' | 'limits' | 'withdrawn';

/**
 * Something that can say what state it is in, in this process. Names and numbers only: no secret, no key, nothing a caller
 * wrote. A row about one tenant has the tenant's id in `tenant`: other tenants are not shown it.
 */
export abstract class StateReport {
  abstract readonly reports: ReportName;
  /** A bounded number of rows; costs no I/O. */
  abstract state(): readonly JsonObject[];
}
