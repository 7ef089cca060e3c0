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
      useFactory: ({ analyses, analysisTemplates }: Config) => new Analyses(analyses, analysisTemplates),
    },
    { provide: AnalysisKind, inject: [Analyses], useFactory: (analyses: Analyses) => new AnalysisKind(analyses) },
  ],
  exports: [Analyses, AnalysisKind],
})
export class AnalysisModule {}
