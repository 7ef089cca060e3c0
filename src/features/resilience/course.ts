import type { Attempt } from '../../contract/attempt';
import type { Tried } from '../../contract/call';
import { blameFor, ERRORS, type GatewayError } from '../../contract/errors';
import { restated } from './restated';

/** When nobody knows better. */
const SOON_SECONDS = 3;

/** What became of one call at the models that were to answer it. */
export class Course {
  /** Models that were really asked: one that was not, because its circuit is open or it is full, costs nothing. */
  asked = 0;
  attempts = 0;
  last: GatewayError | undefined;
  private readonly failures: GatewayError[] = [];
  private before = 0;

  constructor(private readonly attempt: Attempt) {}

  readonly tried = (fact: Tried): void => {
    this.attempts++;
    this.attempt.tried(fact);
  };

  /** Nobody has the time to ask another model, or anything to gain by it. */
  get isOver(): boolean {
    return this.attempt.signal.aborted || performance.now() >= this.attempt.deadlineAt;
  }

  /**
   * A model did not answer.
   * @throws the failure when no other model would do better
   */
  failed(failure: GatewayError): void {
    const blame = blameFor(failure);
    if (blame === 'provider' || blame === 'key') {
      this.failures.push(failure);
      if (this.attempts > this.before) this.asked++;
    } else {
      // what one stand-in cannot be told, another may understand
      const unfit = blame === 'caller' || failure.code === 'invalid_request' || failure.code === 'not_found';
      if (!unfit || !this.failures.length) throw restated(failure, { attempts: this.attempts });
    }
    this.last = failure;
    this.before = this.attempts;
  }

  /** What the caller is told when no model answered: the first failure of a model that was really asked, and when to return. */
  refusal(): GatewayError {
    const failure = this.failures.find(({ code }) => code !== 'circuit_open') ?? this.failures[0];
    const { attempts } = this;
    if (!ERRORS[failure.code].retry) return restated(failure, { attempts });
    const known = this.failures.map(({ facts }) => facts.retryAfter).filter((seconds) => seconds !== undefined);
    return restated(failure, { attempts, retryAfter: known.length ? Math.min(...known) : SOON_SECONDS });
  }
}
