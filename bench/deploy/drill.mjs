// `npm run drill:deploy`: two releases behind a real HAProxy, with callers who must not notice anything. A switch, during which the command
// is killed and HAProxy reloaded; an instant rollback; and a release that does worse, which must be taken back by itself.
// `-- --older FOLDER`: the first release is the build there, with a schema of its time.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hasHaproxy } from './balancer.mjs';
import { deploy } from './command.mjs';
import { Site } from './site.mjs';

const MOST_ROLLBACK_MS = 10_000;
const STEPS = ['begin', 'clear', 'migrate', 'start', 'ready', 'smoke', 'shift', 'drain', 'end', 'rollback'];

const failures = [];
function demand(kept, what) {
  console.log(`${kept ? 'ok     ' : 'FAILED '} ${what}`);
  if (!kept) failures.push(what);
}

function startCallers(site) {
  const child = fork(join(import.meta.dirname, 'callers.mjs'), [String(site.haproxy.port)], {
    env: { ...process.env, GATEHOUSE_KEY: site.rootKey },
  });
  return async () => {
    child.send('stop');
    const [answers] = await once(child, 'message');
    return answers;
  };
}

const timeOf = (at) => new Date(at).toISOString().slice(11, 23);

/** Streams that were under way at that moment. */
const straddling = (answers, at) => answers.filter((one) => one.stream && one.at < at && one.at + one.ms > at).length;

async function switchUnderLoad(site, moments) {
  console.log('\na switch, during which the command is killed and HAProxy is reloaded');
  const config = site.deployFile();
  const first = deploy(site, config, '--to', 'green', '--release', site.releases['1.1.0']);
  await first.line(/smoke/);
  const second = deploy(site, config, '--to', 'green');
  demand((await second.ended) === 2, 'a second deploy at the same time is refused');
  await first.line(/shift 1 %/);
  await sleep(300); // it is watching the next share
  first.kill();
  await first.ended;
  const { deploy: left, haproxy } = await statusOf(site);
  demand(left?.to === 'green', `killed with ${haproxy.green.share} % on the new release, its state is there`);
  const again = deploy(site, config, '--resume');
  moments.push((await again.line(/shift 10 %/)).at);
  site.haproxy.reload();
  moments.push((await again.line(/shift 50 %/)).at);
  demand((await again.ended) === 0, 'resumed, it ends with the new release');
}

async function rollBackByHand(site, moments) {
  console.log('\nan instant rollback');
  const back = deploy(site, site.deployFile(), '--rollback');
  const { line, at } = await back.line(/callers are on blue again/);
  moments.push(at);
  demand((await back.ended) === 0, `the old release has the callers again: ${line.slice(14)}`);
}

async function failingCanary(site, moments) {
  console.log('\na release whose calls of a provider fail');
  const config = site.deployFile({ green: { OPENAI_BASE_URL: `http://127.0.0.1:${site.provider.ports.failing}` } });
  const canary = deploy(site, config, '--to', 'green', '--release', site.releases['1.2.0']);
  const smoked = await canary.line(/smoke/);
  const { line, at } = await canary.line(/rolls back/);
  moments.push(at);
  demand((await canary.ended) === 1, 'it is rolled back by itself');
  const tookMs = Number(/after (\d+) ms/.exec(line)?.[1]);
  demand(tookMs < MOST_ROLLBACK_MS, `the callers are back ${tookMs} ms after it was found`);
  const wholeMs = Date.now() - at;
  return { detectMs: at - smoked.at, backMs: tookMs, stoppedMs: wholeMs };
}

async function restartHaproxy(site) {
  await site.haproxy.restart();
  const { haproxy } = await statusOf(site);
  demand(haproxy.blue.share === 100 && haproxy.green.share === 0, 'a HAProxy that starts again knows the shares');
}

async function statusOf(site) {
  const status = deploy(site, site.deployFile(), '--status', '--json');
  await status.ended;
  return JSON.parse(status.said.map(({ line }) => line).join('\n'));
}

async function checkRecords(site) {
  const { data } = await site.get('/v1/audit/entries?event=deploy.step&limit=100');
  const steps = new Set(data.map(({ metadata }) => metadata?.step));
  const missing = STEPS.filter((step) => !steps.has(step));
  demand(
    missing.length === 0,
    `every step is on record: ${data.length} entries${missing.length ? `, none of ${missing.join(', ')}` : ''}`,
  );
}

function checkAnswers(answers, moments) {
  const streams = answers.filter(({ stream }) => stream);
  const broken = answers.filter(({ problem }) => problem);
  for (const { at, ms, problem } of broken.slice(0, 5)) console.log(`        ${timeOf(at)} + ${ms} ms: ${problem}`);
  const count = (list) => list.filter(({ problem }) => problem).length;
  const calls = answers.filter(({ stream }) => !stream);
  demand(count(calls) === 0, `${calls.length} calls, ${count(calls)} failed`);
  demand(count(streams) === 0, `${streams.length} streams, ${count(streams)} broken`);
  const across = moments.map((at) => straddling(answers, at));
  demand(
    across.every((number) => number > 0),
    `streams under way while callers moved: ${across.join(', ')}`,
  );
}

async function drill(site) {
  const moments = [];
  console.log('the first release, without callers');
  if (older) await site.startByHand('blue', older);
  else {
    const first = deploy(site, site.deployFile(), '--to', 'blue', '--release', site.releases['1.0.0']);
    demand((await first.ended) === 0, 'the first release is there');
  }
  const stopCallers = startCallers(site);
  await sleep(3_000); // V8 warms up, as in a gateway that has served for a while
  await switchUnderLoad(site, moments);
  await rollBackByHand(site, moments);
  const figures = await failingCanary(site, moments);
  const answers = await stopCallers();
  console.log('');
  await restartHaproxy(site);
  await checkRecords(site);
  checkAnswers(answers, moments);
  console.log(
    `        found ${(figures.detectMs / 1_000).toFixed(1)} s after its smoke tests, stopped ${(figures.stoppedMs / 1_000).toFixed(1)} s after the callers were back`,
  );
}

const { older } = parseArgs({ options: { older: { type: 'string' } } }).values;
if (!hasHaproxy()) {
  console.log('NOT RUN: there is no haproxy on this machine. Deploys of this change are unproven.');
  process.exit(2);
}
const started = performance.now();
const site = new Site();
try {
  await site.start();
  await drill(site);
} finally {
  await site.stop();
}
console.log(
  `\n${failures.length ? `${failures.length} FAILED` : 'kept'}, ${((performance.now() - started) / 1_000).toFixed(0)} s`,
);
process.exit(failures.length ? 1 : 0);
