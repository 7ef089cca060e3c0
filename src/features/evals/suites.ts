import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { ConfigError } from '../../platform/config/problems';
import type { SuiteFile } from '../../platform/config/read-evals';
import type { SchemaChecks } from './scorers/json-schema';
import { Suite } from './suite';

/** The suites as the files have them now. */
export class Suites {
  private byName: ReadonlyMap<string, Suite> = new Map();

  constructor(files: readonly SuiteFile[]) {
    this.take(files);
  }

  take(files: readonly SuiteFile[]): void {
    this.byName = new Map(files.map(({ suite }) => [suite.name, new Suite(suite)]));
  }

  /** By name. */
  list(): readonly Suite[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws GatewayError `not_found` */
  find(name: string): Suite {
    const suite = this.byName.get(name);
    if (suite) return suite;
    throw new GatewayError('not_found', 'There is no such suite in config/evals', { param: 'suite' });
  }
}

/** @throws ConfigError that names every schema of a scorer that cannot be used */
export function checkSuites(files: readonly SuiteFile[], schemas: SchemaChecks): void {
  const problems = files.flatMap(({ file, suite }) => unusable(file, new Suite(suite), schemas));
  if (problems.length) throw new ConfigError(problems);
}

function unusable(file: string, suite: Suite, schemas: SchemaChecks): string[] {
  return suite.cases.flatMap(({ id, scorers }) =>
    scorers.flatMap((scorer) => {
      if (scorer.type !== 'json-schema') return [];
      try {
        schemas.faults(scorer.schema as JsonObject, null);
        return [];
      } catch (error) {
        return [`${file} case ${id}, schema: ${error instanceof Error ? error.message : 'cannot be used'}`];
      }
    }),
  );
}
