import { ConfigError } from '../config/problems';
import { isUnavailable } from './connection';

/** SQLSTATE: the role or its password, the database, a right. */
const REFUSED = /^(28|3D)|^42501$/;

/**
 * What a start says of a PostgreSQL that it cannot work with, by the variable that names it.
 * @param error also one that has what happened as its cause
 */
export function startRefusal(variable: string, error: unknown): unknown {
  for (let reason = error; reason instanceof Error; reason = reason.cause) {
    if (isUnavailable(reason)) return new Error(`PostgreSQL at ${variable} does not answer: ${reason.message}`);
    if (REFUSED.test((reason as { code?: string }).code ?? '') || /does not support SSL/.test(reason.message))
      return new ConfigError([`${variable}: PostgreSQL refuses it: ${reason.message}`]);
  }
  return error;
}
