import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import type { Rate } from '../../contract/rates';

/** A request as the guards leave it. */
export interface CallerRequest extends FastifyRequest {
  /** Absent on public routes. */
  caller?: Caller;
  /** It went into the pipeline, which records and logs it. */
  isCall?: boolean;
  /** Whichever of the address's limit and the key's will be met first. */
  rate?: Rate;
}

/** The caller of a route that is not public. */
export function callerOf(request: CallerRequest): Caller {
  if (request.caller) return request.caller;
  throw new GatewayError('internal', 'Internal error', { cause: new Error('a route without a caller asks for one') });
}
