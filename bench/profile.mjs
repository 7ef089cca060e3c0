// `npm run bench:profile [-- --top 40]`: where the gateway's CPU time goes under 64 callers, whole answers and streams.
// The profiles stay in .work (open them in Chrome's developer tools); the tables show self time.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchGatehouse } from './gatehouse.mjs';
import { load, warmUp } from './measure.mjs';
import { body, WORK } from './prepare.mjs';
import { table } from './report.mjs';
import { launchUpstream } from './server.mjs';

const SECONDS = 8;
const WRITE_MS = 30_000;
const ROOT = resolve(import.meta.dirname, '..');
const WRITTEN = join(WORK, 'profile.json');

const { values: options } = parseArgs({ options: { top: { type: 'string', default: '25' } } });

async function until(condition) {
  for (const end = Date.now() + WRITE_MS; Date.now() < end; await sleep(100)) if (condition()) return;
  throw new Error('the application wrote no profile');
}

function complete() {
  if (!existsSync(WRITTEN)) return false;
  try {
    JSON.parse(readFileSync(WRITTEN, 'utf8'));
    return true;
  } catch {
    return false; // still being written
  }
}

async function profileOf(gatehouse, stream) {
  rmSync(WRITTEN, { force: true });
  const file = body({ kilobytes: 2, model: 'gpt-4o-mini', stream });
  const headers = [...gatehouse.headers, ...gatehouse.whenNew];
  const signal = () => process.kill(gatehouse.gateway[0], 'SIGUSR2');
  const loading = load({ ...gatehouse, headers, options: ['-c', '64'], file, warm: 0, seconds: SECONDS + 2 });
  await sleep(1_000);
  signal();
  await sleep(SECONDS * 1_000);
  signal();
  const { perSecond, failed } = await loading;
  await until(complete);
  return { profile: JSON.parse(readFileSync(WRITTEN, 'utf8')), perSecond, failed };
}

const BUNDLE = join(ROOT, 'dist', 'bundle', 'programs.js');

/** Where each module begins in the bundle, which says so in comments: `[line, file]`, the last one first. */
const bundled = readFileSync(BUNDLE, 'utf8')
  .split('\n')
  .flatMap((line, i) => (/^\/\/ (dist|node_modules)\/\S+$/.test(line) ? [[i, line.slice(3)]] : []))
  .reverse();

/** A file as a reader knows it: a package by its name, ours below dist/. */
function place(url, line) {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const module = path === BUNDLE ? bundled.find(([first]) => first <= line)?.[1] : undefined;
  const inPackage = (module ?? path).split('node_modules/').slice(1).at(-1);
  if (inPackage) return inPackage;
  if (module) return module;
  return path.startsWith(ROOT) ? path.slice(ROOT.length + 1) : path || '(engine)';
}

const owner = (file) => /^(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file;
const area = (file) => (/^(dist\/|node:)/.test(file) ? file : owner(file));

const add = (times, key, time) => times.set(key, (times.get(key) ?? 0) + time);

/** Microseconds by function and by file or package: `self` in it, `total` in it and what it called. */
function analyse({ nodes, samples, timeDeltas }) {
  const found = { busy: 0, self: new Map(), total: new Map(), areas: new Map() };
  const parent = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const frames = new Map();
  for (const { id, callFrame } of nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const file = url && place(url, lineNumber);
    const name = `\`${functionName || '(anonymous)'}\` ${file && `${file}:${lineNumber + 1}`}`.trim();
    frames.set(id, { name, area: file ? area(file) : functionName });
  }
  samples.forEach((id, i) => {
    const time = timeDeltas[i];
    if (frames.get(id).area === '(idle)' || frames.get(id).area === 'node:inspector') return;
    found.busy += time;
    add(found.self, frames.get(id).name, time);
    add(found.areas, frames.get(id).area, time);
    const stack = new Set();
    for (let at = id; at; at = parent.get(at)) stack.add(frames.get(at).name);
    for (const name of stack) add(found.total, name, time);
  });
  return found;
}

function hottest(title, times, busy, calls, total) {
  const rows = [...times].toSorted(([, a], [, b]) => b - a).slice(0, Number(options.top));
  const share = (time) => ((time / busy) * 100).toFixed(1);
  const perCall = (time) => (time / calls).toFixed(1);
  const cells = ([name, time]) => [name, share(time), perCall(time), ...(total ? [perCall(total.get(name))] : [])];
  return table([title, 'self %', 'self µs/call', ...(total ? ['total µs/call'] : [])], rows.map(cells));
}

const upstream = await launchUpstream();
const profiler = join(import.meta.dirname, 'profiler.cjs');
const gatehouse = await launchGatehouse({
  upstream: upstream.port,
  env: { NODE_OPTIONS: `--require=${profiler}`, BENCH_PROFILE: WRITTEN },
});
try {
  await warmUp(gatehouse);
  for (const stream of [false, true]) {
    const { profile, perSecond, failed } = await profileOf(gatehouse, stream);
    const { busy, self, total, areas } = analyse(profile);
    const calls = perSecond * SECONDS;
    console.log(`${stream ? 'Streams' : 'Whole answers'}: ${perSecond}/s while profiled, ${failed} failed\n`);
    console.log(hottest('function', self, busy, calls, total));
    console.log(hottest('file or package', areas, busy, calls));
  }
} finally {
  await gatehouse.stop();
  await upstream.stop();
}
