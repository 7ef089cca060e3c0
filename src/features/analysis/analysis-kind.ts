import { GatewayError } from '../../contract/errors';
import { inParallel } from '../../contract/in-parallel';
import type { Json, JsonObject } from '../../contract/json';
import type { JobContext, JobEstimate, JobKind } from '../../contract/job';
import { type PartFailure, partly, triedStep } from '../../contract/part-failure';
import { invalid } from '../../dialects/fields';
import { withinInput } from '../../platform/validation/refused-input';
import { type Analyses, type Analysis, questionOf, resultOf } from './analyses';

export interface AnalysisJob {
  readonly analysis: Analysis;
  readonly texts: readonly string[];
}

const PROMPT_OVERHEAD_BYTES = 1_500;
/** So many neighbours are told together, so that a thousand texts are not a thousand partial results. */
const TOLD_TOGETHER = 10;

/** Analyses of one text, or of the same kind of many: each text is a step, and one that fails does not fail the others. */
export class AnalysisKind implements JobKind<AnalysisJob> {
  readonly type = 'analysis';

  constructor(private readonly analyses: Analyses) {}

  parse(input: Json): AnalysisJob {
    return withinInput(() => this.read(input));
  }

  estimate({ analysis, texts }: AnalysisJob): readonly JobEstimate[] {
    const { model, task } = analysis;
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const fixed = PROMPT_OVERHEAD_BYTES + task.instructions.length + JSON.stringify(task.schema.schema).length;
    const promptBytes = Math.ceil(bytes / texts.length) + fixed;
    return [{ model, promptBytes, maxTokens: task.maxTokens, times: texts.length }];
  }

  async run({ analysis, texts }: AnalysisJob, context: JobContext): Promise<Json> {
    const { signal, parallel } = context;
    const results: JsonObject[] = [];
    const failures: PartFailure[] = [];
    let ended = 0;
    await inParallel(texts, parallel, async (text, index) => {
      const outcome = await partly(signal, (tried) =>
        this.one(analysis, text, triedStep(`text:${index}`, tried), context),
      );
      if ('failure' in outcome) failures.push(outcome.failure);
      results[index] = 'value' in outcome ? { index, ...outcome.value } : { index, error: { ...outcome.failure } };
      context.progress((++ended / texts.length) * 100, 'analysing');
      await tell(results, index, texts.length, context);
    });
    const [first] = failures;
    if (first && failures.length === texts.length) throw new GatewayError(first.code, first.message);
    return {
      analysis_type: analysis.type,
      results,
      succeeded: texts.length - failures.length,
      failed: failures.length,
    };
  }

  private read(input: Json): AnalysisJob {
    const analysis = this.analyses.read(input, ['text', 'texts']);
    const { text, texts } = analysis.rest;
    if ((text === undefined) === (texts === undefined)) throw invalid('text', 'is needed, or texts instead of it');
    if (texts === undefined) return { analysis, texts: [this.analyses.checkText(text, 'text')] };
    const most = this.analyses.limits.texts;
    if (!Array.isArray(texts)) throw invalid('texts', 'expected a list of strings');
    if (!texts.length || texts.length > most) throw invalid('texts', `must be 1 to ${most} texts, got ${texts.length}`);
    return { analysis, texts: texts.map((one: Json, i) => this.analyses.checkText(one, `texts[${i}]`)) };
  }

  private one(analysis: Analysis, text: string, key: string, context: JobContext): Promise<JsonObject> {
    return context.step(key, async (ask) => {
      const { json, model, provider, cache, callId } = await ask(questionOf(analysis, text));
      const result = resultOf(analysis, json ?? null);
      const cached = cache === 'hit' || cache === 'coalesced';
      return { result, cached, provider, model, call_id: callId, ...(provider === 'sandbox' && { sandbox: true }) };
    });
  }
}

/** Tells the results around one that has just come, once all of them are there. */
async function tell(results: readonly JsonObject[], index: number, of: number, context: JobContext): Promise<void> {
  const first = index - (index % TOLD_TOGETHER);
  const last = Math.min(first + TOLD_TOGETHER, of) - 1;
  for (let i = first; i <= last; i++) if (!results[i]) return;
  if (of > TOLD_TOGETHER) await context.partial(`results:${first}-${last}`, results.slice(first, last + 1));
}
