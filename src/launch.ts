import { flushCompileCache } from 'node:module';
import { join } from 'node:path';

type Programs = typeof import('./programs');

/** Some 3,700 files as one: to find and to read them would be half of a start. */
const BUNDLE = join(__dirname, 'bundle', 'programs.js');

/** Runs a program out of the bundle. */
export function launch(name: keyof Programs['programs']): void {
  const { programs } = require(BUNDLE) as Programs;
  // with NODE_COMPILE_CACHE: else what was compiled is kept only by a process that ends by itself
  void programs[name]().started.then(() => flushCompileCache());
}
