import { GatewayError } from '../../contract/errors';
import { inParallel } from '../../contract/in-parallel';
import type { Json } from '../../contract/json';
import type { Ask, JobContext, JobEstimate, JobKind } from '../../contract/job';
import { usdText } from '../../contract/money';
import { validInput, withinInput } from '../../platform/validation/refused-input';
import { caseBody, scoredText, transcriptOf } from './case-body';
import { EvalInput, modelsAsked } from './eval-input';
import { type Failure, failureOf } from './part';
import type { CaseResult } from './report/case-result';
import { type EvalReport, evalReport } from './report/eval-report';
import { meanScore, scoreCase, type ScoringParts } from './score-case';
import type { ReadyCase, Suite } from './suite';
import type { Suites } from './suites';

export interface EvalParts extends ScoringParts {
  readonly suites: Suites;
  readonly parallel: number;
  /** False: the model refuses to be told how to sample. */
  readonly samples: (model: string) => boolean;
  /** Puts how it ended on the record. */
  readonly record: (run: JobContext, report: EvalReport) => Promise<void>;
}

interface EvalRun {
  readonly suite: Suite;
  readonly input: EvalInput;
}

/** What is kept of an answer. */
type Answered = {
  readonly text: string;
  readonly by: string;
  readonly picos: string;
  readonly input: number;
  readonly output: number;
  readonly ms?: number;
};
type Failed = {
  readonly failure: Failure;
};
type Kept = Answered | Failed;

const ANSWER_TOKENS = 1_000;
const JUDGE_TOKENS = 2_000;
const OVERHEAD_BYTES = 2_000;
/** A limit that lasts for longer ends the case for now, and the job goes on later; an open circuit is a failure of the model. */
const PATIENCE_MS = 5_000;
/** Longer answers are scored whole and shown cut. */
const SHOWN_CHARACTERS = 4_000;
const ANOTHER: Failure = { code: 'provider_failed', message: 'Something else stood in for the model' };

/** A suite, asked of several models: each case of each is a step. */
export class EvalKind implements JobKind<EvalRun> {
  readonly type = 'eval';
  readonly parallel: number;

  constructor(private readonly parts: EvalParts) {
    this.parallel = parts.parallel;
  }

  parse(given: Json): EvalRun {
    return withinInput(() => {
      const input = validInput(EvalInput, given);
      const suite = this.parts.suites.find(input.suite);
      if (suite.hash !== input.hash)
        throw new GatewayError('invalid_request', 'The suite was changed since the run was asked for', {
          param: 'suite',
        });
      return { suite, input };
    });
  }

  estimate({ suite, input }: EvalRun): readonly JobEstimate[] {
    const { judge, embedding } = this.parts;
    const models = modelsAsked(input);
    return suite.cases.flatMap((asked): JobEstimate[] => {
      const bytes = OVERHEAD_BYTES + Buffer.byteLength(transcriptOf(asked)) + JSON.stringify(asked.tools ?? []).length;
      const maxTokens = asked.parameters.maxTokens ?? ANSWER_TOKENS;
      const answers = models.map((model): JobEstimate => ({ model, promptBytes: bytes, maxTokens, times: 1 }));
      const scorers = asked.scorers.flatMap((scorer): JobEstimate[] => {
        const scored = { promptBytes: bytes + 4 * maxTokens, times: models.length };
        if (scorer.type === 'judge') return [{ model: scorer.model ?? judge, maxTokens: JUDGE_TOKENS, ...scored }];
        const model = scorer.type === 'similarity' ? (scorer.model ?? embedding) : undefined;
        return model === undefined ? [] : [{ model, operation: 'embeddings', ...scored }];
      });
      return [...answers, ...scorers];
    });
  }

  async run({ suite, input }: EvalRun, context: JobContext): Promise<Json> {
    const models = modelsAsked(input);
    const all = suite.cases.flatMap((asked) => models.map((model, m) => ({ asked, model, key: `${m}:${asked.id}` })));
    const results = new Map(models.map((model) => [model, [] as CaseResult[]]));
    let done = 0;
    context.progress(0, 'asking');
    const ended = await inParallel(all, context.parallel, async ({ asked, model, key }) => {
      const result = await this.one(asked, model, key, context);
      const { score, passed } = result;
      await context.partial(key, { model, case: asked.id, score, passed });
      context.progress((++done / all.length) * 99, 'asking');
      return result;
    });
    for (const [i, result] of ended.entries()) results.get(all[i]?.model ?? '')?.push(result);
    const report = evalReport(suite, input, results);
    await context.step('record', async () => {
      await this.parts.record(context, report);
      return true;
    });
    context.progress(100, 'done');
    return report;
  }

  private async one(asked: ReadyCase, model: string, key: string, context: JobContext): Promise<CaseResult> {
    const { id, weight, tags } = asked;
    const known = { case: id, weight, tags };
    const kept = await context.step<Kept>(`answer:${key}`, (ask) => this.ask(asked, model, ask, context.signal));
    if (isFailed(kept)) {
      const nothing = { score: 0, passed: false, scores: [], cost_usd: usdText(0n), scoring_cost_usd: usdText(0n) };
      return { ...known, ...nothing, error: kept.failure };
    }
    const { text, by, picos, input, output, ms } = kept;
    const { lines, picos: scoring } = await scoreCase(asked, text, key, context, this.parts);
    return {
      ...known,
      score: Math.round(meanScore(lines) * 1e6) / 1e6,
      passed: lines.every(({ passed }) => passed),
      answered_by: by,
      answer: text.slice(0, SHOWN_CHARACTERS),
      scores: lines,
      input_tokens: input,
      output_tokens: output,
      cost_usd: usdText(BigInt(picos)),
      scoring_cost_usd: usdText(scoring),
      ...(ms !== undefined && { latency_ms: ms }),
    };
  }

  /** What the model answers; a failure of its own is kept too, so that a run that is taken over does not ask once more. */
  private async ask(asked: ReadyCase, model: string, ask: Ask, signal: AbortSignal): Promise<Kept> {
    try {
      const body = caseBody(asked, model, this.parts.samples(model));
      const answer = await ask.verbatim({ dialect: 'openai-chat', body, cache: 'no-store', patienceMs: PATIENCE_MS });
      const { usage, latencyMs } = answer;
      if (answer.degraded) return { failure: ANOTHER };
      return {
        text: scoredText(answer.body),
        by: `${answer.provider}/${answer.model}`,
        picos: String(answer.picos),
        input: usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
        output: usage.outputTokens,
        ...(latencyMs !== undefined && { ms: Math.round(latencyMs) }),
      };
    } catch (error) {
      return { failure: failureOf(error, signal) };
    }
  }
}

const isFailed = (kept: Kept): kept is Failed => 'failure' in kept;
