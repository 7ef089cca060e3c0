#!/usr/bin/env node
// Has a change reviewed and ends with an exit code for CI: 0 passed, 1 failed, 2 undecided (a part could not be reviewed), 3 not reviewed.
//   node tools/review.mjs --base origin/main            the commits of this branch
//   git diff | node tools/review.mjs                    a diff on standard input
//   --fail-on high  --exclude 'docs/*' (any number)  --language en  --instructions REVIEW.md  --json review.json  --timeout 1800
// GATEHOUSE_URL and GATEHOUSE_KEY say where and who. The report, in Markdown, goes to standard output. One file without dependencies:
// a pipeline may fetch it alone.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const NOT_REVIEWED = 3;
const FIRST_POLL_MS = 250;
const MOST_POLL_MS = 4_000;
const DIFF_BYTES = 67_108_864;

class NotReviewed extends Error {}

const { values: options } = parseArgs({
  options: {
    base: { type: 'string' },
    'fail-on': { type: 'string' },
    exclude: { type: 'string', multiple: true },
    language: { type: 'string' },
    instructions: { type: 'string' },
    json: { type: 'string' },
    timeout: { type: 'string', default: '1800' },
  },
});
const url = (process.env.GATEHOUSE_URL ?? 'http://127.0.0.1:3000').replace(/\/+$/, '');
const key = process.env.GATEHOUSE_KEY;

function diffOf(base) {
  if (base === undefined) return readFileSync(0, 'utf8');
  const args = ['diff', '--no-color', '--no-ext-diff', `${base}...HEAD`, '--'];
  const { status, stdout, stderr, error } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: DIFF_BYTES });
  if (error || status !== 0) throw new NotReviewed(`git diff failed: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

async function ask(method, path, body) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new NotReviewed(`${method} ${path}: ${response.status} ${answer.detail ?? ''}`.trim());
}

/** The job once it has ended. A gateway that is away for a moment is asked again. */
async function ended(id, until) {
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, MOST_POLL_MS)) {
    const job = await ask('GET', `/v1/jobs/${id}`).catch((error) => {
      if (error instanceof NotReviewed && !/: (429|5\d\d)/.test(error.message)) throw error;
      return {};
    });
    if (job.finished_at) return job;
    if (Date.now() > until) throw new NotReviewed(`job ${id} did not end in time`);
    await sleep(wait);
  }
}

async function review() {
  if (!key) throw new NotReviewed('GATEHOUSE_KEY is not set');
  const diff = diffOf(options.base);
  if (!diff.trim()) {
    console.log('Nothing was changed.');
    return 0;
  }
  const input = {
    diff,
    ...(options['fail-on'] && { fail_on: options['fail-on'] }),
    ...(options.exclude && { exclude: options.exclude }),
    ...(options.language && { language: options.language }),
    ...(options.instructions && { instructions: readFileSync(options.instructions, 'utf8') }),
  };
  const seconds = Number(options.timeout);
  if (!(seconds > 0)) throw new NotReviewed('--timeout must be a number of seconds');
  const { job_id: id } = await ask('POST', '/v1/jobs', { type: 'code-review', input, ttl_seconds: Math.ceil(seconds) });
  const { status, result, error } = await ended(id, Date.now() + seconds * 1_000);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(result ?? { error }, undefined, 2)}\n`);
  if (!result) throw new NotReviewed(`job ${id} ${status}: ${error?.message ?? ''}`.trim());
  process.stdout.write(result.report);
  return result.exit_code;
}

try {
  process.exitCode = await review();
} catch (error) {
  console.error(`not reviewed: ${error.message}`);
  process.exitCode = NOT_REVIEWED;
}
