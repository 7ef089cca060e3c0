import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

type Programs = typeof import('./programs');

/** Some 3,700 files as one: to find and to read them would be half of a start. */
const BUNDLE = join(__dirname, 'bundle', 'programs.js');

/**
 * The engine learns which places make objects that live long, and makes theirs where only a full collection looks. Calls under way at a few
 * young collections teach it that of objects that live as long as a call; one such object, dead, then keeps its whole call until the next full collection.
 */
const NOTHING_OLD_FROM_BIRTH = '--no-allocation-site-pretenuring';

/** Bytes. Small buffers share pools, and one that lives long keeps all of its pool: Node's own 64 KB come to more than a call itself. */
const BUFFER_POOL = 8_192;

/** Runs a program out of the bundle. */
export function launch(name: keyof Programs['programs']): void {
  setFlagsFromString(NOTHING_OLD_FROM_BIRTH);
  Buffer.poolSize = BUFFER_POOL;
  const { programs } = require(BUNDLE) as Programs;
  // with NODE_COMPILE_CACHE: else what was compiled is kept only by a process that ends by itself
  void programs[name]().started.then(() => flushCompileCache());
}
