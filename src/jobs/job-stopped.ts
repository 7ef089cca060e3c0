import { GatewayError } from '../contract/errors';

/**
 * Why the work on a job stops before its end. `taken`: it is nobody's, or somebody else's, by now – cancelled, expired, taken over;
 * `handed-back`: this process must stop; `over`: it has ended, and what
 * is still under way is of no use.
 */
export class JobStopped extends GatewayError {
  constructor(readonly why: 'taken' | 'handed-back' | 'over') {
    super('client_closed', why === 'handed-back' ? 'The job is handed back' : 'The job was stopped');
    this.name = 'JobStopped';
  }
}
