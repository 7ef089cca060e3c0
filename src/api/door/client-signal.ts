import type { ServerResponse } from 'node:http';
import { GatewayError } from '../../contract/errors';

/** Aborts when the caller goes away before the answer was completely written, or has gone already. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const gone = (): void => {
    if (!response.writableFinished) controller.abort(new GatewayError('client_closed', 'The caller went away'));
  };
  // while its call waited for a turn, its key for the database
  if (response.destroyed) gone();
  else response.once('close', gone);
  return controller.signal;
}
