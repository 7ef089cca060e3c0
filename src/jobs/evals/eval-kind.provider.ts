import { lexicalVector } from '../../features/answers';
import { EvalKind, Suites } from '../../features/evals';
import { QuestionBodies } from '../../pipeline';
import { Config } from '../../platform/config/config';
import { EvalRecords } from './eval-records.service';
import { schemaChecks } from './schema-checks';

export const EVAL_KIND = {
  provide: EvalKind,
  inject: [Config, Suites, QuestionBodies, EvalRecords],
  useFactory: ({ evals }: Config, suites: Suites, bodies: QuestionBodies, records: EvalRecords): EvalKind =>
    new EvalKind({
      suites,
      schemas: schemaChecks(),
      lexical: lexicalVector,
      judge: evals.judge,
      embedding: evals.embedding,
      parallel: evals.parallel,
      samples: (model) => bodies.takesTemperature(model),
      record: records.finished,
    }),
};
