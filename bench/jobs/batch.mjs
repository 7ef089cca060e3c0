// `npm run bench:batches`: a batch of many lines through OpenAI's own client, on one worker whose provider is fast: lines per second,
// memory, and that the provider charged for each line once.
//   --lines 50000  --answer-ms 5  --kill (the worker is killed half way, and another one goes on)
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import OpenAI, { toFile } from 'openai';
import { cpuSeconds } from '../machine.mjs';
import { answerTo, question, startProvider } from './provider.mjs';
import { buildSite } from './site.mjs';

const { values: options } = parseArgs({
  options: {
    lines: { type: 'string', default: '50000' },
    'answer-ms': { type: 'string', default: '5' },
    kill: { type: 'boolean', default: false },
  },
});
const ENDPOINT = '/v1/chat/completions';
const say = (line) => process.stdout.write(`${line}\n`);
const lines = Number(options.lines);
const megabytes = (bytes) => (bytes / 1_048_576).toFixed(0);

function lineOf(number) {
  const messages = [{ role: 'user', content: question(number) }];
  const body = { model: 'openai/gpt-4o-mini', max_tokens: 50, messages };
  return `${JSON.stringify({ custom_id: `line-${number}`, method: 'POST', url: ENDPOINT, body })}\n`;
}

/** The most memory that a process had so far, in bytes. */
function peakOf(pid) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}

const provider = await startProvider({ answerMs: Number(options['answer-ms']) });
const site = await buildSite({ provider, redis: false, concurrency: 4, tenants: 1 });
const client = new OpenAI({ baseURL: `${site.url}/v1`, apiKey: site.keys[0], maxRetries: 0 });
let worker = await site.startWorker();
const idle = peakOf(worker.pid);
const idleCpu = cpuSeconds([worker.pid]);

const text = Array.from({ length: lines }, (_, i) => lineOf(i + 1)).join('');
let began = performance.now();
const file = await client.files.create({ file: await toFile(Buffer.from(text), 'lines.jsonl'), purpose: 'batch' });
const uploadMs = performance.now() - began;
began = performance.now();
const { id } = await client.batches.create({
  input_file_id: file.id,
  endpoint: ENDPOINT,
  completion_window: '24h',
});
const createMs = performance.now() - began;

let batch;
let peak = idle;
const times = {};
let killed = !options.kill;
for (;;) {
  batch = await client.batches.retrieve(id);
  times[batch.status] ??= performance.now();
  peak = Math.max(peak, peakOf(worker.pid));
  if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) break;
  if (!killed && batch.request_counts.completed > lines / 2) {
    killed = true;
    process.kill(worker.pid, 'SIGKILL');
    say(`the worker was killed after ${batch.request_counts.completed} lines`);
    worker = await site.startWorker();
  }
  await sleep(250);
}
const cpu = cpuSeconds([worker.pid]) - idleCpu;
const workMs = (times.finalizing ?? times.completed) - times.in_progress;
const filesMs = times.completed - (times.finalizing ?? times.completed);
const output = (await (await client.files.content(batch.output_file_id)).text()).trimEnd().split('\n');
const right = output.filter((line, i) => {
  const { custom_id: name, response } = JSON.parse(line);
  return name === `line-${i + 1}` && response.body.choices[0].message.content === answerTo(i + 1);
}).length;

say(`${lines} lines, ${megabytes(text.length)} MB: upload ${uploadMs.toFixed(0)} ms, create ${createMs.toFixed(0)} ms`);
say(
  `${batch.status}: ${(workMs / 1_000).toFixed(1)} s of work, ${((lines / workMs) * 1_000).toFixed(0)} lines/s; files ${(filesMs / 1_000).toFixed(1)} s`,
);
say(`right answers in their place: ${right}; requests ${provider.counts.requests}, charged ${provider.counts.charged}`);
say(`memory of the worker: ${megabytes(idle)} MB before, ${megabytes(peak)} MB at most`);
if (!options.kill) say(`CPU of the worker: ${((cpu * 1_000) / lines).toFixed(2)} ms for each line`);
await worker.stop();
await site.stop();
await provider.stop();
process.exit(right === lines && provider.counts.charged === lines ? 0 : 1);
