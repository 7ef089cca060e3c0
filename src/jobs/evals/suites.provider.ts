import { checkSuites, Suites } from '../../features/evals';
import { Config } from '../../platform/config/config';
import { schemaChecks } from './schema-checks';

/** A schema that cannot be used stops the start, and is not taken up later. */
export const SUITES = {
  provide: Suites,
  inject: [Config],
  useFactory: ({ evalSuites, inForce }: Config): Suites => {
    const schemas = schemaChecks();
    checkSuites(evalSuites, schemas);
    inForce.require((next) => checkSuites(next.evalSuites, schemas));
    const suites = new Suites(evalSuites);
    inForce.onChange((now) => suites.take(now.evalSuites));
    return suites;
  },
};
