import type { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** RFC 9457. `code` is stable and made for programs; `detail` is made for people. */
export function encodeProblem(error: GatewayError, requestId: string): JsonObject {
  return {
    type: `urn:gatehouse:error:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(error.facts.param === undefined ? {} : { param: error.facts.param }),
    ...(error.facts.details === undefined ? {} : { details: error.facts.details }),
  };
}
