import type { RemedyAction } from '../../platform/config/incidents';
import type { RemedyOrder, RemedyOutcome } from './stored/remedies.store';

/** Something that the gateway does about incidents by itself, and can undo. Both may be done twice: a process may die in between. */
export abstract class Remedy {
  abstract readonly action: RemedyAction;
  abstract apply(order: RemedyOrder): Promise<RemedyOutcome>;
  abstract revert(order: RemedyOrder): Promise<RemedyOutcome>;
}
