export { askedOf, type BatchCall, batchCall, type BatchFault, LineError, userOf } from './batch-call';
export { BatchBody, type BatchInput, batchInput, type Endpoint, ENDPOINTS, hoursOf } from './batch-input';
export type { Assembly, BatchCounts, BatchFiles, BatchState, Passage, RemoteBatch, WhyHere } from './batch-state';
export { Batches, type Decided } from './batches.store';
export { BatchesModule } from './batches.module';
export { type Line, linesOf } from '../../contract/json-lines';
export { checkLines, type Checked } from './check-lines';
export { estimatesOf } from './estimate-lines';
