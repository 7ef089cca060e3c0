import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { Analyses } from './analyses';
import { AnalysisKind } from './analysis-kind';

@Module({
  imports: [ConfigModule],
  providers: [
    {
      provide: Analyses,
      inject: [Config],
      useFactory: ({ analyses: limits, analysisTemplates, inForce }: Config) => {
        const analyses = new Analyses(limits, analysisTemplates);
        inForce.onChange((now) => analyses.take(now.analysisTemplates));
        return analyses;
      },
    },
    { provide: AnalysisKind, inject: [Analyses], useFactory: (analyses: Analyses) => new AnalysisKind(analyses) },
  ],
  exports: [Analyses, AnalysisKind],
})
export class AnalysisModule {}
