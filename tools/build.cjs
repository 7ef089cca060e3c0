// `npm run build`: src/ to dist/ (nest build), migrations/ to dist/migrations/ (tsc), side by side and incrementally; then
// what a start needs into dist/bundle/ (tools/bundle.cjs).
'use strict';
const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { withLock } = require('./lock.cjs');

const root = path.resolve(__dirname, '..');
const dist = path.join(root, 'dist');
const stamp = path.join(dist, '.build-stamp');
const SETTINGS = [
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.migrations.json',
  'package-lock.json',
  'tools/build.cjs',
  'tools/bundle.cjs',
  'tools/young-closures.cjs',
];
/** Folders below dist/ that something else fills. */
const NOT_OURS = ['bundle', 'console'];

const log = (line) => process.stderr.write(`[setup] ${line}\n`);

function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

const isSource = (file) => file.endsWith('.ts') && !/\.(type-)?spec\.ts$/.test(file);

/** A digest of everything the output depends on. */
function inputs() {
  const sources = ['src', 'migrations'].flatMap((folder) => filesBelow(path.join(root, folder)).filter(isSource));
  const settings = SETTINGS.map((file) => path.join(root, file)).filter((file) => fs.existsSync(file));
  const hash = createHash('sha256');
  for (const file of [...sources, ...settings].sort()) {
    const content = fs.readFileSync(file);
    hash.update(`${path.relative(root, file)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function isBuilt() {
  return fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === inputs();
}

/** The compiler only adds. Output whose source is gone would still be loaded (a deleted migration would run). */
function removeOrphans() {
  for (const file of filesBelow(dist)) {
    const name = path.relative(dist, file);
    const source = name.replace(/\.js(\.map)?$/, '.ts');
    if (source === name || NOT_OURS.includes(name.split(path.sep)[0])) continue;
    const from = path.join(root, source.startsWith(`migrations${path.sep}`) ? '' : 'src', source);
    if (!isSource(from) || !fs.existsSync(from)) fs.rmSync(file);
  }
}

const KEPT_BY_COMPILER = { src: '.src.tsbuildinfo', migrations: '.migrations.tsbuildinfo' };

/** The compiler writes only what changed since the last time. Output that somebody deleted it would never write again. */
function forgetWhenIncomplete() {
  for (const [folder, name] of Object.entries(KEPT_BY_COMPILER)) {
    const kept = path.join(dist, name);
    if (!fs.existsSync(kept)) continue;
    const lastTime = fs.statSync(kept).mtimeMs;
    const isGone = (source) => {
      const output = path.relative(folder === 'src' ? path.join(root, 'src') : root, source).replace(/\.ts$/, '.js');
      return fs.statSync(source).mtimeMs < lastTime && !fs.existsSync(path.join(dist, output));
    };
    if (
      filesBelow(path.join(root, folder))
        .filter((file) => isSource(file) && !file.endsWith('.d.ts'))
        .some(isGone)
    )
      fs.rmSync(kept);
  }
}

/** Resolves when the compiler is content; its output is shown only when it is not. */
function compile(module, ...args) {
  const child = spawn(process.execPath, [require.resolve(module), ...args], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(output.trim() || `exit code ${code}`))));
  });
}

async function build() {
  const started = Date.now();
  const digest = inputs();
  fs.rmSync(stamp, { force: true });
  fs.rmSync(path.join(dist, 'bundle'), { recursive: true, force: true });
  forgetWhenIncomplete();
  const results = await Promise.allSettled([
    compile('@nestjs/cli/bin/nest.js', 'build'),
    compile('typescript/bin/tsc', '--project', 'tsconfig.migrations.json'),
  ]);
  const failures = results.filter(({ status }) => status === 'rejected');
  for (const { reason } of failures) process.stderr.write(`${reason.message}\n`);
  if (failures.length) process.exit(1);
  removeOrphans();
  await require('./bundle.cjs').bundle(); // needs a package, which whoever only asks `isBuilt` may not have
  fs.writeFileSync(stamp, digest);
  log(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

module.exports = { isBuilt };

if (require.main === module) {
  const needed = () => !process.argv.includes('--if-needed') || !isBuilt();
  void withLock(
    path.join(root, '.setup.lock'),
    () => (needed() ? build() : undefined),
    () => log('another build is running here, waiting for it'),
  );
}
