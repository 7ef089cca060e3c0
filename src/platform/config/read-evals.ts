import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EvalSuite, SUITE_BYTES, SUITES } from './evals';
import type { Problems } from './problems';
import { readYaml } from './read-yaml';

/** A suite and the file that it was read from. */
export interface SuiteFile {
  readonly file: string;
  readonly suite: EvalSuite;
}

/** The suites of a folder, by the names of their files; none where there is no folder. */
export function readEvals(folder: string, problems: Problems): readonly SuiteFile[] {
  const files = yamlFiles(folder, problems);
  if (files.length > SUITES) {
    problems.add(folder, `holds ${files.length} files: at most ${SUITES}`);
    return [];
  }
  const found = files.flatMap((name): SuiteFile[] => {
    const file = join(folder, name);
    const { size } = statSync(file);
    if (size > SUITE_BYTES) {
      problems.add(file, `has ${size} bytes: at most ${SUITE_BYTES}`);
      return [];
    }
    const suite = readYaml(file, EvalSuite, problems, false);
    return suite ? [{ file, suite }] : [];
  });
  for (const [i, { file, suite }] of found.entries()) {
    const other = found.slice(0, i).find((one) => one.suite.name === suite.name);
    if (other) problems.add(`${file} name`, `${suite.name} is the name of ${other.file}`);
  }
  return found;
}

function yamlFiles(folder: string, problems: Problems): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml') || name.endsWith('.yml'))
      .sort();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') problems.add(folder, message);
    return [];
  }
}
