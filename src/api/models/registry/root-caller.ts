import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { callerOf, type CallerRequest } from '../../guards';

/** Aliases and models are every tenant's. @throws GatewayError `forbidden` */
export function rootCaller(request: CallerRequest): Caller {
  const caller = callerOf(request);
  if (!caller.root)
    throw new GatewayError('forbidden', 'Models hold for every tenant: they need a key of the root tenant');
  return caller;
}
