export { ANSWERS, BUDGET, CONFORMANCE, DISPATCH, IDEMPOTENCY, ROUTING, SANITIZATION, SIZES } from './controls';
export { Pipeline } from './pipeline.service';
export { PipelineModule } from './pipeline.module';
export { ModelProbe, type ProbeResult } from './model-probe.service';
