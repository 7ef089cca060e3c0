export { EvalKind, type EvalParts } from './eval-kind';
export { EvalInput, modelsAsked } from './eval-input';
export type { EvalReport } from './report/eval-report';
export { markdownReport } from './report/markdown';
export type { ModelReport } from './report/model-report';
export type { SchemaChecks } from './scorers/json-schema';
export type { Suite } from './suite';
export { checkSuites, Suites } from './suites';
