export {
  ANSWERS,
  BUDGET,
  CONFORMANCE,
  DISPATCH,
  IDEMPOTENCY,
  ROUTING,
  SANITIZATION,
  SELECTION,
  SIZES,
} from './controls';
export { type AnalyzeCall, AnalyzeCalls } from './analyze-calls.service';
export { auditTerms } from './audit-terms';
export { Pipeline } from './pipeline.service';
export { PipelineModule } from './pipeline.module';
export { FundingModule } from './funding.module';
export { SpendModule } from './spend.module';
export { RemoteBatches } from './remote-batches.service';
export { ModelProbe, type ProbeResult } from './model-probe.service';
export { QuestionBodies } from './question-bodies.service';
