// Starts the built gateway as `npm start` does, on a free port and an empty data folder, runs the commands that the banner
// and README.md show, and stops it. Run by .ci/run after a build.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 60_000;
const STOP_MS = 40_000;
const NOT_OURS = /^(GATEHOUSE_|ANTHROPIC_|OPENAI_|LOCAL_|DATABASE_URL|REDIS_URL)/;

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-smoke-'));
const data = join(folder, 'data');
const log = (line) => console.log(`[smoke] ${line}`);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** Settings of this shell, or of a .env, must not decide what is tried here: an empty variable counts as not set. */
function environment(port) {
  const emptied = Object.keys(process.env).filter((name) => NOT_OURS.test(name));
  for (const name of ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'LOCAL_BASE_URL', 'DATABASE_URL', 'REDIS_URL'])
    emptied.push(name);
  const empty = Object.fromEntries(emptied.map((name) => [name, '']));
  return { ...process.env, ...empty, HOST: '127.0.0.1', PORT: String(port), GATEHOUSE_DATA_DIR: data };
}

function start(port) {
  // what `npm start` runs; directly, because npm does not hand on the exit code after a signal
  const gateway = spawn(process.execPath, ['tools/start.mjs'], { cwd: root, env: environment(port) });
  const run = { gateway, output: '', exit: once(gateway, 'exit') };
  for (const stream of [gateway.stdout, gateway.stderr]) stream.on('data', (chunk) => (run.output += chunk));
  return run;
}

async function untilReady(run, url) {
  for (const until = Date.now() + START_MS; Date.now() < until; await sleep(100)) {
    if (run.gateway.exitCode !== null) throw new Error(`ended with exit code ${run.gateway.exitCode} while starting`);
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (response?.ok && run.output.includes(url)) return;
  }
  throw new Error(`not ready within ${START_MS / 1000} s`);
}

/** The `curl` commands in a text, with their continuation lines. */
const curlCommands = (text) => text.match(/^[ \t]*curl (.*\\\n)*.*$/gm) ?? [];

function readmeCommands(url) {
  const readme = join(root, 'README.md');
  if (!existsSync(readme)) return [];
  const blocks = readFileSync(readme, 'utf8').match(/^```(sh|bash|shell)\n[^]*?^```/gm) ?? [];
  const here = (command) =>
    command
      .replaceAll(/http:\/\/(localhost|127\.0\.0\.1):3000/g, url)
      .replaceAll(/(?<![\w/]).gatehouse\//g, `${data}/`);
  return blocks
    .flatMap(curlCommands)
    .filter((command) => /(localhost|127\.0\.0\.1):3000/.test(command))
    .map(here);
}

/** An HTTP error makes the command fail, whatever options it has. */
function runCommand(command) {
  writeFileSync(join(folder, '.curlrc'), 'fail-with-body\nsilent\nshow-error\nmax-time = 20\n');
  // what the README exports before its first command
  const GATEHOUSE_KEY = readFileSync(join(data, 'root.key'), 'utf8').trim();
  return execFileSync('bash', ['-c', command], {
    encoding: 'utf8',
    env: { ...process.env, CURL_HOME: folder, GATEHOUSE_KEY },
  });
}

function tryCommands(run, url) {
  const shown = curlCommands(run.output);
  if (!shown.length) throw new Error('the banner shows no curl command');
  for (const command of [...shown, ...readmeCommands(url)]) {
    const answer = runCommand(command);
    if (!answer.trim()) throw new Error(`no answer to ${command}`);
    log(`${command.trim().split(/\s+/)[1]} answered: ${answer.slice(0, 70).replaceAll('\n', ' ')}…`);
  }
}

async function stop(run) {
  run.gateway.kill('SIGTERM');
  const patience = setTimeout(() => run.gateway.kill('SIGKILL'), STOP_MS);
  const [code, signal] = await run.exit;
  clearTimeout(patience);
  if (code !== 0) throw new Error(`stopped with ${signal ?? `exit code ${code}`} instead of 0`);
  if (existsSync(join(data, 'pg', 'data', 'postmaster.pid'))) throw new Error('PostgreSQL was left running');
}

const started = performance.now();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const run = start(port);
try {
  await untilReady(run, url);
  log(`ready after ${((performance.now() - started) / 1000).toFixed(1)} s with an empty data folder`);
  tryCommands(run, url);
  await stop(run);
  log('stopped in order');
} catch (error) {
  log(`FAILED: ${error.message}`);
  console.log(run.output.trimEnd());
  run.gateway.kill('SIGTERM');
  await run.exit;
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
