import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';

type Programs = typeof import('./programs');

/** Some four thousand files as one: to find and to read them is half of a start. */
const BUNDLE = join(__dirname, 'bundle', 'programs.js');

/** Runs a program out of the bundle, or from its own files where the build made none. */
export function launch(name: keyof Programs['programs']): void {
  const { programs } = require(existsSync(BUNDLE) ? BUNDLE : './programs') as Programs;
  // with NODE_COMPILE_CACHE: only a process that ends by itself would keep what was compiled
  void programs[name]().started.then(() => flushCompileCache());
}
