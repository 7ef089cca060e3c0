// `npm run bench:jobs`: what a job costs beside the call that it makes, and how many are done per second by 1, 2 and 4 workers whose
// provider is slow.
//   --answer-ms 1000  --concurrency 16  --each 160  --engine redis|postgresql  --alone 300
// `--only overhead` leaves out the second part, `--statements` names what the worker asks of PostgreSQL.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuSeconds } from '../machine.mjs';
import { question, startProvider } from './provider.mjs';
import { buildSite } from './site.mjs';

const { values: options } = parseArgs({
  options: {
    'answer-ms': { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '16' },
    each: { type: 'string', default: '160' },
    alone: { type: 'string', default: '300' },
    engine: { type: 'string', default: 'redis' },
    only: { type: 'string' },
    statements: { type: 'boolean', default: false },
  },
});
const say = (line) => process.stdout.write(`${line}\n`);
const answerMs = Number(options['answer-ms']);
const concurrency = Number(options.concurrency);
const redis = options.engine === 'redis';
/** How long taking in a job may take on a busy machine. */
const HAND_IN_MS = 60;
let numbers = 0;
const COUNT_FILE = join(tmpdir(), `gatehouse-statements-${process.pid}.json`);
const COUNTED = options.statements && {
  NODE_OPTIONS: `--require ${fileURLToPath(new URL('count-statements.cjs', import.meta.url))}`,
  GATEHOUSE_COUNT_FILE: COUNT_FILE,
};

const inputOf = (number) => ({
  model: 'openai/gpt-4o-mini',
  max_tokens: 50,
  messages: [{ role: 'user', content: question(number) }],
});

/** @returns the ids of so many jobs, taken in; none is begun before `runAt` */
async function handIn(site, count, runAt = new Date()) {
  const ids = [];
  const last = numbers + count;
  const one = async () => {
    for (let number; (number = numbers++) < last;) {
      const job = { type: 'completion', input: inputOf(number), run_at: runAt.toISOString() };
      const { status, body } = await site.ask('POST', '/v1/jobs', job, site.keys[0]);
      if (status !== 202) throw new Error(JSON.stringify(body));
      ids.push(body.job_id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  numbers = last;
  return ids;
}

/** From when the first of them was begun to the end of the last, in milliseconds. */
async function span(site, ids) {
  const jobs = [];
  for (const id of ids)
    for (;;) {
      const { body } = await site.ask('GET', `/v1/jobs/${id}`, undefined, site.keys[0]);
      if (body.status === 'succeeded') {
        jobs.push(body);
        break;
      }
      if (!['scheduled', 'queued', 'running'].includes(body.status)) throw new Error(JSON.stringify(body.error));
      await sleep(200);
    }
  const times = (field) => jobs.map((job) => Date.parse(job[field]));
  const waits = jobs.map((job) => Date.parse(job.started_at) - Date.parse(job.run_at)).sort((a, b) => a - b);
  return { ms: Math.max(...times('finished_at')) - Math.min(...times('started_at')), waits };
}

/** Jobs that are all there before the first is due, and workers that are up by then. */
async function withWorkers(site, count, jobs, more = {}) {
  const workers = await Promise.all(Array.from({ length: count }, () => site.startWorker(more)));
  const runAt = new Date(Date.now() + 2_000 + jobs * HAND_IN_MS);
  const ids = await handIn(site, jobs, runAt);
  // what a worker does while it waits is not what a job costs
  await sleep(Math.max(0, runAt.getTime() - Date.now() - 500));
  const pids = workers.map(({ pid }) => pid);
  const [before, asked] = [cpuSeconds(pids), await statementsOf(pids[0])];
  const result = await span(site, ids);
  const cpuMs = ((cpuSeconds(pids) - before) * 1_000) / jobs;
  const statements = Object.entries(await statementsOf(pids[0])).map(([label, n]) => [
    label,
    (n - (asked[label] ?? 0)) / jobs,
  ]);
  await Promise.all(workers.map((worker) => worker.stop()));
  return { ...result, cpuMs, statements };
}

/** What a process asked of PostgreSQL so far, by statement. */
async function statementsOf(pid) {
  if (!options.statements) return {};
  process.kill(pid, 'SIGUSR2');
  await sleep(200);
  return JSON.parse(readFileSync(COUNT_FILE, 'utf8'));
}

async function overhead() {
  const provider = await startProvider({ answerMs: 0 });
  const site = await buildSite({ provider, redis, concurrency: 1, tenants: 1 });
  const count = Number(options.alone);
  const call = async (number) => {
    const name = { 'idempotency-key': `direct-${number}` };
    const { status } = await site.ask('POST', '/v1/chat/completions', inputOf(number), site.keys[0], name);
    if (status !== 200) throw new Error(`a call answered ${status}`);
  };
  for (let i = 0; i < 50; i++) await call(1_000_000 + i);
  const began = performance.now();
  const before = cpuSeconds([site.gateway.pid]);
  for (let i = 0; i < count; i++) await call(2_000_000 + i);
  const direct = (performance.now() - began) / count;
  const directCpuMs = ((cpuSeconds([site.gateway.pid]) - before) * 1_000) / count;
  const { ms, cpuMs, statements } = await withWorkers(site, 1, count, COUNTED || {});
  const job = ms / count;
  // one at a time, nothing else under way: how soon a job is begun
  const worker = await site.startWorker();
  const alone = [];
  for (let i = 0; i < 40; i++) alone.push((await span(site, await handIn(site, 1))).waits[0]);
  await worker.stop();
  alone.sort((a, b) => a - b);
  await site.stop();
  await provider.stop();
  say(
    `one at a time, instant provider: a call ${direct.toFixed(2)} ms, a job ${job.toFixed(2)} ms: ${(job - direct).toFixed(2)} ms more`,
  );
  say(
    `processor time: the gateway ${directCpuMs.toFixed(2)} ms for a call, the worker ${cpuMs.toFixed(2)} ms for a job`,
  );
  if (options.statements) {
    const all = statements.filter(([, each]) => each >= 0.05).sort(([, one], [, other]) => other - one);
    say(`statements of the worker for a job: ${all.reduce((sum, [, each]) => sum + each, 0).toFixed(1)}`);
    for (const [label, each] of all) say(`  ${each.toFixed(2).padStart(6)}  ${label}`);
  }
  say(`from handed in to begun, idle worker: p50 ${alone[20]} ms, p95 ${alone[37]} ms`);
}

async function scale() {
  const provider = await startProvider({ answerMs });
  const site = await buildSite({ provider, redis, concurrency, tenants: 1 });
  let single;
  for (const count of [1, 2, 4]) {
    const total = Number(options.each) * count;
    const { ms } = await withWorkers(site, count, total);
    const rate = (total / ms) * 1_000;
    single ??= rate;
    const most = (count * concurrency * 1_000) / answerMs;
    say(
      `${count} workers of ${concurrency}, provider ${answerMs} ms: ${rate.toFixed(1)} jobs/s, ${(rate / single).toFixed(2)} times one, ` +
        `${((100 * rate) / most).toFixed(0)} % of what the provider allows`,
    );
  }
  await site.stop();
  await provider.stop();
}

say(`engine ${options.engine}`);
await overhead();
if (options.only !== 'overhead') await scale();
process.exit(0);
