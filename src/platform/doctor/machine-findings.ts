import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, ok, warn, type Finding } from './finding';

/** With less, a busy day fills the disk before anybody looks. */
const LITTLE_BYTES = 2e9;
const LEAST_NODE = [24, 9] as const;

export function nodeFinding(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
  return isOld
    ? fail('node', `Node.js ${version} is too old: ${LEAST_NODE.join('.')} or later is needed`)
    : ok('node', `Node.js ${version}`);
}

/** The folder of keys and embedded data: whether it can be written, has room, and keeps its keys to itself. */
export function dataFolderFinding(dataDir: string): Finding {
  const what = 'data folder';
  const there = nearestThere(dataDir);
  if (!statSync(there).isDirectory())
    return fail(what, `${there} is a file: name a folder, or one that can be made, in GATEHOUSE_DATA_DIR`);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch {
    return fail(what, `${there} cannot be written by this user`);
  }
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  const open = ['master.key', 'root.key'].filter((name) => {
    const mode = statSync(join(dataDir, name), { throwIfNoEntry: false })?.mode;
    return process.platform !== 'win32' && mode !== undefined && (mode & 0o077) !== 0;
  });
  if (open.length)
    return fail(
      what,
      `others may read ${open.join(' and ')}: chmod 600 ${open.map((name) => join(dataDir, name)).join(' ')}`,
    );
  const room = `${(free / 1e9).toFixed(1)} GB free`;
  return free < LITTLE_BYTES ? warn(what, `${dataDir} has only ${room}`) : ok(what, `${dataDir}, ${room}`);
}

/** What is there of the path: itself, or the folder in which a start would begin to make it. */
function nearestThere(path: string): string {
  const above = dirname(path);
  return existsSync(path) || above === path ? path : nearestThere(above);
}
