export { Analyses, type Analysis, questionOf, resultOf } from './analyses';
export { AnalysisKind } from './analysis-kind';
export { AnalysisModule } from './analysis.module';
