export { Balancer } from './balancer/balancer';
export { DeployLock } from './deploy-lock';
export { DeployStates } from './deploy-state';
export { CannotBegin, Deployment, type Outcome } from './deployment';
export { ComposeDriver } from './drivers/compose-driver';
export { LocalDriver } from './drivers/local-driver';
export { Observer } from './observe';
export { StepLog } from './step-log';
