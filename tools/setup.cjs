// Runs before `npm start` and `npm test`, on whatever Node the machine has; needs nothing installed.
// Installs dependencies when they differ from package-lock.json; with --build also builds when sources changed.
'use strict';
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { withLock } = require('./lock.cjs');
const { install, isInstalled } = require('./npm-ci.cjs');

const root = path.resolve(__dirname, '..');
const OLDEST_NODE = [24, 9];

const log = (line) => process.stderr.write(`[setup] ${line}\n`);

async function installWhenNeeded() {
  if (isInstalled(root)) return;
  await withLock(
    path.join(root, '.setup.lock'),
    async () => {
      if (!isInstalled(root) && !(await install(root, log))) process.exit(1);
    },
    () => log('another set-up is running here, waiting for it'),
  );
}

/** The Node that package-lock.json pins, or the machine's own where no such package exists. */
function runtime() {
  const bundled = path.join(root, 'node_modules', '.bin', 'node');
  if (!fs.existsSync(bundled) || fs.realpathSync(bundled) === process.execPath) return process.execPath;
  if (spawnSync(bundled, ['--version'], { stdio: 'ignore' }).status === 0) return bundled;
  log(`the Node in node_modules does not run on this system (${process.platform}-${process.arch}, perhaps musl)`);
  return process.exit(1);
}

function requireRecentNode(node) {
  if (node !== process.execPath) return;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  log(`Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}.`);
  log(`No runtime package exists for ${process.platform}-${process.arch}: please install Node 24.`);
  process.exit(1);
}

function buildWhenNeeded(node) {
  if (require('./build.cjs').isBuilt()) return;
  const { status } = spawnSync(node, [path.join(__dirname, 'build.cjs'), '--if-needed'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

async function main() {
  await installWhenNeeded();
  const node = runtime();
  requireRecentNode(node);
  if (process.argv.includes('--build')) buildWhenNeeded(node);
}

void main();
