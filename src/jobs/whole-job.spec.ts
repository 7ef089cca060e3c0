import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, GatewayError } from '../contract/errors';
import type { JobContext, JobKind } from '../contract/job';
import type { Json } from '../contract/json';
import type { ClaimedJob } from '../features/jobs';
import { JobKinds } from './job-kinds';
import { type Foreman, wholeJob } from './whole-job';
import { WorkingJob, type Workplace } from './working-job';

const TRIES = { attempts: 3, backoffMs: 1_000, maxBackoffMs: 8_000 };

/** A process takes a job of this kind, works on it to its end, and says what becomes of it, in order. */
async function work(
  run: (context: JobContext) => Promise<Json>,
  { failures = 0, attempt = 1 } = {},
): Promise<readonly string[]> {
  const said: string[] = [];
  const say = (line: string) => Promise.resolve(said.push(line) > 0);
  const claims: Workplace['claims'] & Foreman['claims'] = {
    stepOf: () => Promise.resolve(undefined),
    keepStep: (_claim, key) => say(`kept ${key}`),
    partial: () => Promise.resolve(true),
    progress: () => Promise.resolve(true),
    spend: () => Promise.resolve(),
    finish: (_claim, { status }) => say(status),
    again: (_claim, afterMs, setback) =>
      say(`again after ${afterMs >= 6_000 ? 'long' : 'a moment'}${setback?.counts ? ', counted' : ''}`),
  };
  const kind: JobKind = { type: 'completion', parse: () => null, estimate: () => [], run: (_input, job) => run(job) };
  const job = { type: 'completion', keyId: 'k', progress: 0, failures };
  const submission = { input: null, ttlSeconds: 1 };
  const working = new WorkingJob({ id: 'j', tenantId: 't', attempt, job, submission } as unknown as ClaimedJob, {
    claims,
    calls: {} as Workplace['calls'],
    signals: { tell: () => undefined },
    parallel: 4,
    resultBytes: 1_000,
  });
  const log = { warn: () => undefined, error: () => undefined };
  const end = await wholeJob(working, { claims, kinds: new JobKinds([kind]), log, tries: TRIES });
  expect(end).toBe(['succeeded', 'failed', 'dead'].find((status) => status === said.at(-1)));
  return said;
}

const failing = (code: ErrorCode, facts = {}) => Promise.reject<Json>(new GatewayError(code, 'x', facts));

describe('the end of a job', () => {
  it.each<[ErrorCode, object, object, string]>([
    ['provider_failed', {}, {}, 'again after a moment, counted'],
    ['provider_failed', { retryAfter: 7 }, {}, 'again after long, counted'],
    ['provider_failed', {}, { failures: 2 }, 'dead'],
    ['invalid_request', {}, {}, 'failed'],
    ['budget_exhausted', {}, {}, 'failed'],
    // others have its place; it is not to blame, however often that happens
    ['rate_limited', {}, {}, 'again after a moment'],
    ['rate_limited', {}, { failures: 2 }, 'again after a moment'],
    ['concurrency_limited', { retryAfter: 7 }, {}, 'again after long'],
    ['circuit_open', {}, { attempt: 5 }, 'again after long'],
  ])('after %s %j, with %j before, is: %s', async (code, facts, before, end) => {
    expect(await work(() => failing(code, facts), before)).toEqual([end]);
  });

  it('is the result, where there is one', async () => {
    expect(await work(async ({ step }) => step('s', () => Promise.resolve(1)))).toEqual(['kept s', 'succeeded']);
  });

  it('waits for the steps under way when the job is to be tried again: what they give is kept', async () => {
    const run = ({ step }: JobContext) =>
      Promise.all([
        step('slow', () => sleep(30, 'done')),
        step('broken', () => failing('provider_failed')),
        sleep(10).then(() => step('late', () => Promise.resolve(1))),
      ]);
    expect(await work(run)).toEqual(['kept slow', 'again after a moment, counted']);
  });

  it('cuts what is under way when the job has failed for good', async () => {
    let isCut = false;
    const run = ({ step, signal }: JobContext) =>
      Promise.all([
        step('slow', async () => {
          await sleep(5_000, undefined, { signal }).catch(() => (isCut = true));
          return null;
        }),
        step('broken', () => failing('invalid_request')),
      ]);
    expect(await work(run)).toEqual(['failed']);
    await sleep(1);
    expect(isCut).toBe(true);
  });
});
