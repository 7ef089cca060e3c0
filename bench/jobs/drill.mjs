// `npm run drill:jobs`: many jobs while workers are killed at random and PostgreSQL and Redis are started again. Afterwards every job
// has ended once with its own answer, the provider has been asked for each under one name, and jobs could be read all the time.
//   --jobs 10000  --workers 3  --concurrency 16  --answer-ms 50  --engine redis|postgresql  --seed 7
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { answerTo, PRICE, question, startProvider } from './provider.mjs';
import { buildSite } from './site.mjs';

const { values: options } = parseArgs({
  options: {
    jobs: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '16' },
    'answer-ms': { type: 'string', default: '50' },
    engine: { type: 'string', default: 'redis' },
    seed: { type: 'string', default: `${Date.now() % 100_000}` },
  },
});
const count = Number(options.jobs);
const say = (line) => process.stdout.write(`${line}\n`);
let state = Number(options.seed) || 1;
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;

const HANDING_IN = 12;
const PATIENCE_MS = 1_800_000;
const ENDED = new Set(['succeeded', 'failed', 'cancelled', 'expired', 'dead']);

const events = { kills: 0, postgres: 0, redis: 0 };
const reads = { all: 0, failed: 0, whileAway: 0 };
let away = false;
let over = false;

const provider = await startProvider({ answerMs: Number(options['answer-ms']) });
const site = await buildSite({ provider, redis: options.engine === 'redis', concurrency: Number(options.concurrency) });
const workers = await Promise.all(Array.from({ length: Number(options.workers) }, () => site.startWorker()));
say(
  `seed ${options.seed}: ${count} jobs, ${workers.length} workers of ${options.concurrency}, engine ${options.engine}`,
);

/** What must not be, whatever is killed. */
const problems = [];
const isAlive = ({ pid }) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const ids = [];
const keyOf = (number) => site.keys[number % site.keys.length];

/** A caller that does not know whether its job was taken in hands it in again under the same name. */
async function handIn(number) {
  const input = {
    model: 'openai/gpt-4o-mini',
    max_tokens: 50,
    messages: [{ role: 'user', content: question(number) }],
  };
  for (;;) {
    const answer = await site
      .ask('POST', '/v1/jobs', { type: 'completion', input }, keyOf(number), { 'idempotency-key': `job-${number}` })
      .catch(() => ({ status: 0 }));
    if (!isAlive(site.gateway)) throw new Error('the gateway ended by itself');
    if (answer.status === 202) return void (ids[number] = answer.body.job_id);
    if (answer.status > 0 && answer.status < 429) throw new Error(JSON.stringify(answer.body));
    await sleep(300);
  }
}

async function handInAll() {
  let next = 0;
  const one = async () => {
    while (next < count) await handIn(next++);
  };
  await Promise.all(Array.from({ length: HANDING_IN }, one));
}

async function wreck() {
  while (!over) {
    await sleep(1_500 + random() * 3_000);
    if (over) return;
    const what = random();
    if (what < 0.12) {
      away = true;
      await site.restartPostgres(500 + random() * 2_000);
      await sleep(3_000);
      away = false;
      events.postgres++;
    } else if (what < 0.27 && options.engine === 'redis') {
      await site.restartRedis(random() * 2_000);
      events.redis++;
    } else {
      const place = Math.floor(random() * workers.length);
      if (isAlive(workers[place])) process.kill(workers[place].pid, 'SIGKILL');
      else problems.push('a worker ended by itself');
      await workers[place].stop();
      events.kills++;
      workers[place] = await restarted();
    }
  }
}

/** A worker does not start while its dependencies are away: whoever supervises it tries again. */
async function restarted() {
  for (;;)
    try {
      return await site.startWorker();
    } catch {
      await sleep(500);
    }
}

async function readOn() {
  while (!over) {
    await sleep(50);
    const number = Math.floor(Math.random() * ids.length);
    if (ids[number] === undefined) continue;
    const wasAway = away;
    const { status } = await site
      .ask('GET', `/v1/jobs/${ids[number]}`, undefined, keyOf(number))
      .catch(() => ({ status: 0 }));
    reads.all++;
    if (status === 200) continue;
    if (wasAway || away) reads.whileAway++;
    else reads.failed++;
  }
}

/** What is asked and answered is in nobody's plain sight. */
function checkRedis() {
  const text = site.redisText();
  if (text.includes('What is the answer') || text.includes('The answer to job')) problems.push('Redis holds content');
}

async function untilEnded() {
  const open = new Set(Array.from({ length: count }, (_, number) => number));
  const results = new Map();
  for (const until = Date.now() + PATIENCE_MS; open.size && Date.now() < until; await sleep(2_000)) {
    if (!isAlive(site.gateway)) throw new Error('the gateway ended by itself');
    const asked = [...open].slice(0, 2_000);
    for (let i = 0; i < asked.length; i += 20)
      await Promise.all(
        asked.slice(i, i + 20).map(async (number) => {
          const { status, body } = await site
            .ask('GET', `/v1/jobs/${ids[number]}`, undefined, keyOf(number))
            .catch(() => ({ status: 0 }));
          if (status !== 200 || !ENDED.has(body.status)) return;
          open.delete(number);
          results.set(number, body);
        }),
      );
    say(`${count - open.size} of ${count} ended; ${JSON.stringify(events)}`);
  }
  return results;
}

const began = performance.now();
const wrecking = wreck();
const reading = readOn();
let results = new Map();
try {
  await handInAll();
  say(`taken in after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  checkRedis();
  results = await untilEnded();
  checkRedis();
} catch (error) {
  problems.push(error.message);
} finally {
  over = true;
  await Promise.all([wrecking, reading]);
}
const seconds = (performance.now() - began) / 1_000;

let takeovers = 0;
let cost = 0;
for (let number = 0; number < count; number++) {
  const job = results.get(number);
  takeovers += job?.takeovers ?? 0;
  cost += Number(job?.cost_usd ?? 0);
  if (job?.status !== 'succeeded') problems.push(`job ${number} is ${job?.status}: ${JSON.stringify(job?.error)}`);
  else if (job.result?.choices?.[0]?.message?.content !== answerTo(number))
    problems.push(`job ${number} has another answer`);
  if (provider.keysOf(number) !== 1)
    problems.push(`job ${number} was asked for under ${provider.keysOf(number)} names`);
}
if (new Set(ids).size !== count) problems.push('a submission made two jobs');
const { requests, charged, unnamed, repeated } = provider.counts;
if (charged !== count || unnamed) problems.push(`charged ${charged} times, ${unnamed} times without a name`);
// what a call costs that the provider answered again is in the books as well: it may have been charged for
const [least, most] = [count * PRICE, requests * PRICE];
if (cost < least - 1e-9 || cost > most + 1e-9)
  problems.push(`jobs cost ${cost} USD: not between ${least} and ${most}, what was asked of the provider`);
if (reads.failed) problems.push(`${reads.failed} jobs could not be read although PostgreSQL was there`);

say(
  `${count} jobs in ${seconds.toFixed(0)} s; workers killed ${events.kills}, PostgreSQL ${events.postgres}, Redis ${events.redis}`,
);
say(`taken over ${takeovers}; provider asked ${requests}, charged ${charged}, repeated and not charged ${repeated}`);
say(
  `jobs read ${reads.all}; not readable ${reads.failed}, and ${reads.whileAway} while PostgreSQL was away; cost ${cost.toFixed(6)} USD`,
);
for (const problem of problems.slice(0, 20)) say(`WRONG  ${problem}`);
say(problems.length ? `${problems.length} problems` : 'every job ended once');
await Promise.all(workers.map((worker) => worker.stop()));
await site.stop();
await provider.stop();
process.exit(problems.length ? 1 : 0);
