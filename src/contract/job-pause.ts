import type { GatewayError } from './errors';

/** Thrown by the work on a job: it cannot go on before something happens elsewhere, and gives its place to others until then. */
export class JobPause extends Error {
  /** @param failure what went wrong, where that is why */
  constructor(
    readonly ms: number,
    readonly failure?: GatewayError,
  ) {
    super('The job goes on later');
    this.name = 'JobPause';
  }
}
