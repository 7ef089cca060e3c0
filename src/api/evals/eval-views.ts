import { usdText } from '../../contract/money';
import type { Suite } from '../../features/evals';
import { FINAL, type JobFacts } from '../../features/jobs';
import type { AskedRun } from '../../jobs';
import type { RunSummary, RunView, SuiteView, TakenRun } from './eval-schema';
import type { z } from 'zod';

export function suiteView({ name, hash, written, cases }: Suite): z.output<typeof SuiteView> {
  const { description, models, thresholds } = written;
  const types = cases.flatMap(({ scorers }) => scorers.map(({ type }) => type));
  return {
    name,
    description,
    hash,
    models,
    cases: cases.length,
    scorers: [...new Set(types)].sort(),
    thresholds: named(thresholds),
  };
}

export function takenView(job: JobFacts): TakenRun {
  return { run_id: job.id, status: job.status, links: linksOf(job) };
}

export function summaryView(job: JobFacts): RunSummary {
  return {
    run_id: job.id,
    status: job.status,
    progress: Math.round(job.progress * 10) / 10,
    created_by: job.keyId,
    created_at: job.createdAt.toISOString(),
    finished_at: job.finishedAt?.toISOString() ?? null,
    cost_usd: usdText(job.cost),
    error_code: job.errorCode ?? null,
    links: linksOf(job),
  };
}

export function runView({ job, input }: AskedRun): RunView {
  const { error, errorCode } = job;
  return {
    ...summaryView(job),
    suite: input.suite,
    suite_hash: input.hash,
    models: [...input.models],
    baseline: input.baseline ?? null,
    partial_results: FINAL.has(job.status) ? [] : job.partials.map(({ value }) => value),
    report: job.result ?? null,
    error: errorCode === undefined ? null : { code: errorCode, message: error?.message ?? '' },
  };
}

function linksOf({ id }: JobFacts): TakenRun['links'] {
  return { self: `/v1/evals/runs/${id}`, job: `/v1/jobs/${id}`, events: `/v1/jobs/${id}/events` };
}

/** As reports name them. */
function named(thresholds: Suite['written']['thresholds']): Record<string, number> {
  const set = Object.entries(thresholds).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(
    set.map(([name, limit]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), limit]),
  );
}
