import type { DeploySettings } from '../../platform/config/deploy-settings';
import type { Balancer } from './balancer/balancer';
import type { DeployStates } from './deploy-state';
import type { Driver } from './drivers/driver';
import type { Observer } from './observe';
import type { StepLog } from './step-log';

/** What a deploy works with. */
export interface DeployParts {
  readonly settings: DeploySettings;
  readonly states: DeployStates;
  readonly driver: Driver;
  readonly balancer: Balancer;
  readonly observer: Observer;
  readonly log: StepLog;
  readonly key: string;
  /** Tells people. */
  readonly say: (line: string) => void;
  /** Stops between two looks, and leaves everything as it is. */
  readonly signal: AbortSignal;
}
