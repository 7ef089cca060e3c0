import { GatewayError } from '../../contract/errors';
import { inParallel } from '../../contract/in-parallel';
import type { JobContext, JobEstimate, JobKind } from '../../contract/job';
import type { Json, JsonObject } from '../../contract/json';
import { usdText } from '../../contract/money';
import { partly, type PartFailure, triedStep } from '../../contract/part-failure';
import { validInput, withinInput } from '../../platform/validation/refused-input';
import { type Change, changesOf } from './diff/change';
import type { DiffFile } from './diff/diff-file';
import { excluded } from './diff/excluded';
import { parseDiff } from './diff/parse-diff';
import type { Finding } from './findings/finding';
import { readFindings } from './findings/read-findings';
import { report } from './findings/report';
import { countBySeverity, uniqueFindings } from './findings/unique-findings';
import { isAtLeast, type Pass, PASSES } from './passes';
import { reviewQuestion } from './review-question';
import { ReviewInput } from './review-input';

export interface CodeReviewSettings {
  readonly style: string;
  readonly logic: string;
  readonly security: string;
  readonly bytes: number;
  readonly files: number;
  readonly partTokens: number;
}

export interface ReviewJob {
  readonly files: readonly ReviewedFile[];
  /** Which model does each pass; those that are left out are absent. */
  readonly models: ReadonlyMap<Pass, string>;
  readonly input: Omit<ReviewInput, 'diff'>;
}
interface ReviewedFile {
  readonly file: DiffFile;
  /** Why it is not reviewed. */
  readonly skipped?: 'binary' | 'deleted' | 'unchanged' | 'excluded' | 'generated';
  readonly changes: readonly Change[];
}

/** One question: a change, looked at in one pass. */
interface Looking {
  readonly index: number;
  readonly part: number;
  readonly change: Change;
  readonly pass: Pass;
  readonly model: string;
}
/** What is kept of its answer. */
interface Looked extends JsonObject {
  readonly findings: readonly Finding[];
  readonly dropped: number;
  readonly model: string;
  readonly cached: boolean;
  readonly picos: string;
}
interface Failed extends JsonObject {
  readonly file: string;
  readonly pass: Pass;
  readonly code: string;
  readonly message: string;
}
type Outcome = Looking & ({ readonly looked: Looked } | { readonly failure: PartFailure });

const ANSWER_TOKENS = 8_000;
const PROMPT_OVERHEAD_BYTES = 3_000;
/** Its models look at nothing: what they do not find may be there. */
const SANDBOX = /^sandbox\//;
/** Nothing is at or above `fail_on`, but not everything was looked at. */
const UNDECIDED = 2;

/** A diff, looked at in three passes by models that are as good as each needs; files that did not change since are answered from the cache. */
export class CodeReviewKind implements JobKind<ReviewJob> {
  readonly type = 'code-review';

  constructor(private readonly settings: CodeReviewSettings) {}

  parse(given: Json): ReviewJob {
    return withinInput(() => this.read(given));
  }

  estimate({ files, models }: ReviewJob): readonly JobEstimate[] {
    const changes = files.flatMap((file) => file.changes);
    const bytes = changes.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    const promptBytes = Math.ceil(bytes / Math.max(1, changes.length)) + PROMPT_OVERHEAD_BYTES;
    return [...models.values()].map((model) => ({
      model,
      promptBytes,
      maxTokens: ANSWER_TOKENS,
      times: changes.length,
    }));
  }

  async run(job: ReviewJob, context: JobContext): Promise<Json> {
    const questions = questionsOf(job);
    const left = new Map<number, number>();
    for (const { index } of questions) left.set(index, (left.get(index) ?? 0) + 1);
    let done = 0;
    context.progress(0, 'review');
    const ended: Outcome[] = [];
    const outcomes = await inParallel(questions, context.parallel, async (looking) => {
      const outcome = await this.look(looking, job, context);
      ended.push(outcome);
      context.progress((++done / questions.length) * 99, 'review');
      left.set(looking.index, (left.get(looking.index) ?? 1) - 1);
      if (left.get(looking.index) === 0) await tellFile(looking.index, ended, context);
      return outcome;
    });
    const [first] = outcomes;
    if (first && 'failure' in first && outcomes.every((one) => 'failure' in one))
      throw new GatewayError(first.failure.code, first.failure.message);
    context.progress(100, 'done');
    return resultOf(job, outcomes);
  }

  private read(given: Json): ReviewJob {
    const { diff, ...input } = validInput(ReviewInput, given);
    const files = parseDiff(diff, this.settings).map((file): ReviewedFile => {
      const skipped = skippedFor(file, input.exclude);
      return skipped ? { file, skipped, changes: [] } : { file, changes: changesOf(file, this.settings.partTokens) };
    });
    const models = new Map<Pass, string>();
    for (const pass of PASSES) {
      const wanted = input.passes[pass];
      if (wanted === false) continue;
      models.set(pass, (typeof wanted === 'object' && wanted.model) || this.settings[pass]);
    }
    return { files, models, input };
  }

  private async look(looking: Looking, { input }: ReviewJob, context: JobContext): Promise<Outcome> {
    const { index, part, change, pass, model } = looking;
    const outcome = await partly(context.signal, (tried) =>
      context.step<Looked>(triedStep(`${pass}:${index}:${part}`, tried), async (ask) => {
        const answer = await ask({ ...reviewQuestion(change, pass, input), model, maxTokens: ANSWER_TOKENS });
        const { findings, dropped } = readFindings(answer.json, change, pass);
        const cached = answer.cache === 'hit' || answer.cache === 'coalesced';
        const by = `${answer.provider}/${answer.model}`;
        return { findings, dropped, model: by, cached, picos: String(answer.picos) };
      }),
    );
    return 'value' in outcome ? { ...looking, looked: outcome.value } : { ...looking, failure: outcome.failure };
  }
}

function skippedFor({ path, status, binary, hunks }: DiffFile, exclude: readonly string[]): ReviewedFile['skipped'] {
  if (binary) return 'binary';
  if (status === 'deleted') return 'deleted';
  return hunks.length ? excluded(path, exclude) : 'unchanged';
}

/** File by file, so that what is known of one is known early. */
function questionsOf({ files, models }: ReviewJob): readonly Looking[] {
  return files.flatMap(({ changes }, index) =>
    changes.flatMap((change, part) => Array.from(models, ([pass, model]) => ({ index, part, change, pass, model }))),
  );
}

async function tellFile(index: number, outcomes: readonly Outcome[], context: JobContext): Promise<void> {
  const own = outcomes.filter((outcome) => outcome.index === index);
  await context.partial(`file:${index}`, {
    path: own[0]?.change.path ?? '',
    findings: uniqueFindings(own.flatMap((one) => ('looked' in one ? one.looked.findings : []))),
    failed: own.flatMap((one) => ('failure' in one ? [failureOf(one, one.failure)] : [])),
  });
}

function failureOf({ change, pass }: Looking, { code, message }: PartFailure): Failed {
  return { file: change.path, pass, code, message };
}

function resultOf({ files, models, input }: ReviewJob, outcomes: readonly Outcome[]): Json {
  const looked = outcomes.flatMap((one) => ('looked' in one ? [{ ...one, ...one.looked }] : []));
  const failed = outcomes.flatMap((one) => ('failure' in one ? [failureOf(one, one.failure)] : []));
  const findings = uniqueFindings(looked.flatMap((one) => one.findings));
  const { fail_on: failOn } = input;
  const isFailed = failOn !== 'never' && findings.some(({ severity }) => isAtLeast(severity, failOn));
  const isSandbox = looked.some(({ model }) => SANDBOX.test(model));
  const complete = !failed.length && !isSandbox;
  const exitCode = isFailed ? 1 : complete ? 0 : UNDECIDED;
  const cost = (those: readonly { readonly picos: string }[]): string =>
    usdText(those.reduce((sum, { picos }) => sum + BigInt(picos), 0n));
  const reviewed = files.filter(({ skipped }) => !skipped).length;
  const missing = [
    ...(isSandbox ? ['the built-in sandbox answered, not a model'] : []),
    ...failed.map(({ file, pass, message }) => `${file}, ${pass}: ${message}`),
  ];
  return {
    exit_code: exitCode,
    complete,
    ...(isSandbox && { sandbox: true }),
    fail_on: failOn,
    counts: { ...countBySeverity(findings) },
    findings,
    failed,
    dropped_findings: looked.reduce((sum, { dropped }) => sum + dropped, 0),
    files: files.map(({ file, skipped }, index) => {
      const own = looked.filter((one) => one.index === index);
      return {
        path: file.path,
        ...(file.oldPath !== undefined && { old_path: file.oldPath }),
        status: file.status,
        ...(skipped ? { skipped } : { from_cache: own.length > 0 && own.every(({ cached }) => cached) }),
      };
    }),
    passes: Array.from(models, ([pass, model]) => {
      const own = looked.filter((one) => one.pass === pass);
      return {
        pass,
        model,
        answered_by: [...new Set(own.map((one) => one.model))],
        questions: own.length,
        from_cache: own.filter(({ cached }) => cached).length,
        cost_usd: cost(own),
      };
    }),
    cost_usd: cost(looked),
    report: report({ findings, files: { reviewed, all: files.length }, missing, failOn, exitCode }),
  };
}
