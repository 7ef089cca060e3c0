import { GatewayError } from '../../../contract/errors';

/** An export that cannot be read. @param param the place of what is wrong with it */
export function refusal(param: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', `${param}: ${problem}`, { param });
}
