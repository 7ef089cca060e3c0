import { GatewayError } from '../contract/errors';

/**
 * Why the work on a job stops before its end. `taken`: it is nobody's, or somebody else's, by now – cancelled, expired, taken over;
 * `handed-back`: this process must stop.
 */
export class JobStopped extends GatewayError {
  constructor(readonly why: 'taken' | 'handed-back') {
    super('client_closed', why === 'taken' ? 'The job was stopped' : 'The job is handed back');
    this.name = 'JobStopped';
  }
}
