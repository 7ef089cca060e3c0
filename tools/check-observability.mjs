// `npm run check:observability`: the rules and dashboards against the real promtool and Prometheus, with a gateway under load.
// Exit 1 when a rule is wrong, or when something that the load should have moved has no data.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { DASHBOARDS } from './dashboards/index.mjs';
import { launchGatehouse } from '../bench/gatehouse.mjs';
import { freePort, launchUpstream } from '../bench/server.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const RULES = join(ROOT, 'config', 'observability');
const BUILT = join(ROOT, 'bench', '.work', 'go');
const MODULE = 'github.com/prometheus/prometheus';
const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '40' } } });
/** Nothing goes wrong here, nothing is saved, and nobody hands in jobs: what tells of that has nothing to show. */
const QUIET =
  /llm_errors|llm_retries|llm_fallbacks|llm_degraded|bulkhead_|circuit_breaker|provider_key|budget_|llm_saved|jobs_total|incident|job_wait|job_takeovers|webhook|secret_|guard_flags|guard_findings|access_refused|audit_refused|audit_break|audit_verify|audit_spool|rate30d|rate3d|llm_cost/;

const say = (line) => process.stdout.write(`${line}\n`);

/** The program of that name, from the PATH or built with Go; undefined where there is neither. */
function program(name) {
  const known = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = [...known, join(BUILT, 'bin', name)].find((path) => existsSync(path));
  if (found) return found;
  if (spawnSync('go', ['version']).status !== 0) return undefined;
  say(`building ${name} with Go; the first time takes minutes`);
  mkdirSync(BUILT, { recursive: true });
  const env = { ...process.env, GOPATH: BUILT, GOBIN: join(BUILT, 'bin'), GOFLAGS: '-mod=mod -modcacherw' };
  execFileSync('go', ['install', `${MODULE}/cmd/${name}@latest`], {
    cwd: BUILT,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(BUILT, 'bin', name);
}

/** A Prometheus that scrapes one gateway every second. */
async function startPrometheus(path, gateway) {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  cpSync(join(RULES, 'rules.yaml'), join(folder, 'rules.yaml'));
  const settings = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [{ job_name: 'gatehouse', static_configs: [{ targets: [`127.0.0.1:${gateway}`] }] }],
  };
  writeFileSync(join(folder, 'prometheus.yaml'), JSON.stringify(settings));
  const port = await freePort();
  const child = spawn(
    path,
    [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ],
    { stdio: 'ignore' },
  );
  const ask = async (route, parameters) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${route}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = await answer.json();
    if (status !== 'success') throw new Error(error);
    return data;
  };
  const stop = async () => {
    child.kill('SIGTERM');
    await new Promise((done) => child.once('exit', done));
    rmSync(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 100; i++) {
    if ((await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.ok) return { ask, stop };
    await sleep(100);
  }
  await stop();
  throw new Error('Prometheus did not start');
}

/** Calls of every kind, a few at a time, until the time is over. */
async function makeCalls(gatehouse, seconds) {
  const headers = Object.fromEntries(gatehouse.headers.map((text) => text.split(/: (.*)/).slice(0, 2)));
  const until = Date.now() + seconds * 1_000;
  let made = 0;
  const one = async (worker) => {
    for (let i = 0; Date.now() < until; i++) {
      const body = {
        model: 'gpt-4o-mini',
        stream: i % 3 === 0,
        messages: [{ role: 'user', content: `Call ${worker} ${i >> 1} of ${until} for maria@example.com` }],
      };
      const answer = await fetch(`http://127.0.0.1:${gatehouse.port}/v1/chat/completions`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'x-gatehouse-cache': 'use' },
        body: JSON.stringify(body),
      });
      await answer.arrayBuffer();
      made++;
      await sleep(20);
    }
  };
  await Promise.all([1, 2, 3, 4].map(one));
  return made;
}

/** A collector that takes whatever it is sent. */
async function startCollector() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

const withRange = (expr) => expr.replaceAll('$__rate_interval', '20s');

async function verdicts({ ask }) {
  const missing = [];
  let shown = 0;
  for (const [name, { panels }] of Object.entries(DASHBOARDS))
    for (const { title, targets = [] } of panels)
      for (const { expr } of targets) {
        const { result } = await ask('query', { query: withRange(expr) });
        if (result.length) shown++;
        else if (!QUIET.test(expr)) missing.push(`${name}: ${title}: ${expr}`);
      }
  const { groups } = await ask('rules', {});
  const rules = groups.flatMap((group) => group.rules);
  const unwell = rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`);
  const firing = rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
  const exemplars = await ask('query_exemplars', {
    query: 'llm_request_duration_seconds_bucket',
    start: String(Date.now() / 1_000 - 600),
    end: String(Date.now() / 1_000),
  });
  if (!exemplars.length) missing.push('exemplars of llm_request_duration_seconds');
  return { shown, missing, rules: rules.length, unwell, firing };
}

const promtool = program('promtool');
if (!promtool) {
  say('Neither promtool nor Go is installed: nothing was checked.');
  process.exit(2);
}
for (const args of [
  ['check', 'rules', 'rules.yaml'],
  ['test', 'rules', 'rules.test.yaml'],
  ['check', 'config', '--syntax-only', 'prometheus.yaml'],
]) {
  const { status, stdout, stderr } = spawnSync(promtool, args, { cwd: RULES, encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`);
  say(`promtool ${args.join(' ')}: ok`);
}
say(`${parse(readFileSync(join(RULES, 'rules.yaml'), 'utf8')).groups.flatMap(({ rules }) => rules).length} rules`);

const upstream = await launchUpstream();
const collector = await startCollector();
const gatehouse = await launchGatehouse({
  upstream: upstream.port,
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
});
let prometheus;
try {
  prometheus = await startPrometheus(program('prometheus'), gatehouse.port);
  const made = await makeCalls(gatehouse, Number(options.seconds));
  const { shown, missing, rules, unwell, firing } = await verdicts(prometheus);
  say(`${made} calls; ${shown} queries of dashboards have data, ${missing.length} should have and do not`);
  for (const line of missing) say(`  ${line}`);
  say(`${rules} rules are evaluated, ${unwell.length} fail; firing: ${firing.join(', ') || 'none'}`);
  for (const line of unwell) say(`  ${line}`);
  if (missing.length || unwell.length || firing.length) process.exitCode = 1;
} finally {
  await prometheus?.stop();
  await gatehouse.stop();
  collector.stop();
  await upstream.stop();
}
