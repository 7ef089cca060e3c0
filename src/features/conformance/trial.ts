import { type Fault, faultAt, FAULTS_TOLD, type Place } from './place';

/** What validating one answer may cost: schemas whose parts refer to each other can ask for more steps than there are atoms. */
const STEPS = 100_000;
/** Schemas within schemas, by reference too: a schema that refers to itself in place has no end. */
const NESTING = 400;

/** The schema asks for more work than is done for one answer. */
export class TooLaborious extends Error {}

/** What may still be spent on one answer, however many values of it are validated. */
export class Effort {
  private left = STEPS;

  /** @throws TooLaborious */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new TooLaborious();
  }
}

/** One validation under way. */
export class Trial {
  readonly faults: Fault[] = [];
  private depth = 0;
  private quiet = 0;

  /** @param tracks whether it matters which members and items have been looked at */
  constructor(
    readonly tracks: boolean,
    private readonly effort: Effort,
  ) {}

  /** @throws TooLaborious */
  spend(steps: number): void {
    this.effort.spend(steps);
  }

  /** @throws TooLaborious */
  enter(): void {
    this.spend(1);
    if (++this.depth > NESTING) throw new TooLaborious();
  }

  leave(): void {
    this.depth--;
  }

  /** Always false, so that a check can end with it. */
  fault(at: Place | undefined, keyword: string): false {
    if (!this.quiet && this.faults.length < FAULTS_TOLD) this.faults.push(faultAt(at, keyword));
    return false;
  }

  /** Whether nothing more can be learnt once something failed. */
  get satisfied(): boolean {
    return this.quiet > 0 || this.faults.length >= FAULTS_TOLD;
  }

  /** Finds out without telling: the failure of a branch is not yet one of the answer. */
  quietly(work: () => boolean): boolean {
    this.quiet++;
    try {
      return work();
    } finally {
      this.quiet--;
    }
  }
}
