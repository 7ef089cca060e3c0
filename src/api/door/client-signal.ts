import type { ServerResponse } from 'node:http';
import { GatewayError } from '../../contract/errors';

/** Aborts when the caller goes away before the answer was completely written. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new GatewayError('client_closed', 'The caller went away'));
  });
  return controller.signal;
}
