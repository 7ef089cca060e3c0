import { GatewayError } from '../contract/errors';
import { JobPause } from '../contract/job-pause';
import type { Json } from '../contract/json';
import type { JobClaims, JobError, Outcome } from '../features/jobs';
import type { JobKinds } from './job-kinds';
import { JobStopped } from './job-stopped';
import { backOff, isPassing, mayPass, onceKept } from './waits';
import type { WorkingJob } from './working-job';

export interface Foreman {
  readonly kinds: Pick<JobKinds, 'of'>;
  readonly claims: Pick<JobClaims, 'finish' | 'again'>;
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void };
  /** How often a job may fail, and how long it waits after that. */
  readonly tries: { readonly attempts: number; readonly backoffMs: number; readonly maxBackoffMs: number };
}

/**
 * Works on a job, and writes down what came of it.
 * @returns how it ended; undefined when it goes on another time, or is somebody else's
 */
export async function wholeJob(working: WorkingJob, at: Foreman): Promise<'succeeded' | 'failed' | 'dead' | undefined> {
  const { claimed, signal } = working;
  try {
    const kind = at.kinds.of(claimed.job.type);
    const result = await kind.run(kind.parse(claimed.submission.input), working);
    working.refuseLarge(result);
    return await succeeded(working, result, at);
  } catch (thrown) {
    const why: unknown = signal.aborted ? signal.reason : thrown;
    if (why instanceof JobPause) return await paused(working, why, at);
    if (!(why instanceof JobStopped)) return await failed(working, GatewayError.from(thrown), at);
    await working.rest();
    if (why.why === 'handed-back') await at.claims.again(claimed, 0).catch(() => undefined);
    else await working.settle(true).catch(() => undefined);
    return undefined;
  } finally {
    // what is still under way is of no use to anybody
    working.stop('over');
  }
}

async function succeeded(working: WorkingJob, result: Json, { claims }: Foreman) {
  working.signal.throwIfAborted();
  return await ended(working, { status: 'succeeded', result }, claims);
}

/** @returns undefined when it is somebody else's, or was stopped: then it costs what it cost until then */
async function ended<O extends Outcome>(working: WorkingJob, outcome: O, claims: Foreman['claims']) {
  const { claimed, signal, unpaid } = working;
  if (await onceKept(() => claims.finish(claimed, outcome, unpaid), signal)) return outcome.status as O['status'];
  await onceKept(() => working.settle(true), signal);
  return undefined;
}

/** It goes on later; that counts as no failure. */
async function paused(working: WorkingJob, { ms, failure }: JobPause, { claims, log }: Foreman) {
  const { claimed } = working;
  if (failure) log.warn({ job_id: claimed.id, reason: failure.code }, 'a job goes on later');
  await working.rest();
  const setback = failure && { error: shown(failure), counts: false };
  // what cannot be written down is left to whoever finds the job once its lease has run out
  await claims.again(claimed, ms, setback).catch(() => undefined);
  return undefined;
}

/** What cannot be written down is left to whoever finds the job once its lease has run out. */
async function failed(working: WorkingJob, error: GatewayError, { claims, log, tries }: Foreman) {
  const { claimed, signal } = working;
  if (error.code === 'internal') log.error({ job_id: claimed.id, err: error.cause ?? error }, 'a job failed');
  const { failures } = claimed.job;
  const { roomAt, retryAfter = 0 } = error.facts;
  const counts = !isPassing(error) && !roomAt;
  const isTriedAgain = mayPass(error) && (!counts || failures + 1 < tries.attempts);
  try {
    if (isTriedAgain) {
      const wait = Math.max(
        backOff(counts ? failures : claimed.attempt - 1, tries),
        retryAfter * 1_000,
        (roomAt?.getTime() ?? 0) - Date.now(),
      );
      await working.rest();
      await onceKept(() => claims.again(claimed, wait, { error: shown(error), counts }), signal);
      return undefined;
    }
    const status = mayPass(error) ? 'dead' : 'failed';
    return await ended(working, { status, error: shown(error) }, claims);
  } catch (failure) {
    log.warn({ job_id: claimed.id, reason: GatewayError.from(failure).code }, 'the end of a job was not kept');
    return undefined;
  }
}

function shown({ code, message, facts: { param, details } }: GatewayError): JobError {
  return { code, message: message.slice(0, 2_000), ...(param !== undefined && { param }), ...(details && { details }) };
}
