import { z } from 'zod';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { Question } from '../../contract/job';
import { untrusted } from '../../contract/untrusted-text';
import { invalid } from '../../dialects/fields';
import type { AnalysisTemplate } from '../../platform/config/analyses';
import { validInput } from '../../platform/validation/refused-input';
import type { AnalysisType, Task } from './analysis-type';
import { classification } from './types/classification';
import { extraction } from './types/extraction';
import { language } from './types/language';
import { sentiment } from './types/sentiment';
import { summary } from './types/summary';
import { template } from './types/template';

export interface AnalysisLimits {
  /** Which model is asked where neither the caller nor the analysis names one. */
  readonly model: string;
  /** The longest text, in UTF-16 units. */
  readonly textCharacters: number;
  /** The most texts of one job. */
  readonly texts: number;
}

/** What a caller wants to know of any text. */
export interface Analysis {
  readonly type: string;
  readonly model: string;
  readonly task: Task;
  /** The fields of the body that are not the analysis's own. */
  readonly rest: JsonObject;
}

type Templates = Readonly<Record<string, AnalysisTemplate>>;

const BUILT_IN = [sentiment, summary, classification, extraction, language];
const MAX_NAME = 64;

/** The analyses that callers may ask for: the built-in ones and the operator's. */
export class Analyses {
  private types!: ReadonlyMap<string, AnalysisType>;

  constructor(
    readonly limits: AnalysisLimits,
    templates: Templates = {},
  ) {
    this.take(templates);
  }

  /** Other analyses of the operator hold from now on. */
  take(templates: Templates): void {
    const own = Object.entries(templates).map(([name, written]) => template(name, written));
    this.types = new Map([...BUILT_IN, ...own].map((type) => [type.name, type]));
  }

  get all(): readonly AnalysisType[] {
    return [...this.types.values()];
  }

  /**
   * @param body `{analysis_type, model?, …}` and whatever else its route takes
   * @param others names of fields that are not the analysis's
   * @throws GatewayError `invalid_request` that names the field
   */
  read(body: Json, others: readonly string[]): Analysis {
    if (!isObject(body)) throw invalid('', 'expected an object');
    const type = this.typeOf(body['analysis_type']);
    const common = { analysis_type: z.string(), model: z.string().min(1).max(200).optional() };
    const rest = Object.entries(body).filter(([name]) => others.includes(name));
    const own = Object.entries(body).filter(([name]) => !others.includes(name));
    // the type's own checks are on its object as a whole: its shape cannot be extended
    const options = own.filter(([name]) => !Object.hasOwn(common, name));
    const { model } = validInput(z.object(common), Object.fromEntries(own));
    const unknown = options.find(([name]) => !Object.hasOwn(type.options.shape, name));
    if (unknown) validInput(z.strictObject(common), { ...Object.fromEntries([unknown]), analysis_type: type.name });
    const task = type.task(validInput(type.options, Object.fromEntries(options)));
    return { type: type.name, model: model ?? task.model ?? this.limits.model, task, rest: Object.fromEntries(rest) };
  }

  /** @throws GatewayError `invalid_request` that names the limit */
  checkText(text: Json | undefined, at: string): string {
    const { textCharacters: most } = this.limits;
    if (typeof text !== 'string') throw invalid(at, 'expected a string');
    if (!text.trim()) throw invalid(at, 'must not be empty');
    if (text.length > most) throw invalid(at, `has ${text.length} characters, and the limit is ${most}`);
    return text;
  }

  private typeOf(name: Json | undefined): AnalysisType {
    const known = [...this.types.keys()].join(', ');
    if (typeof name !== 'string') throw invalid('analysis_type', `is needed: one of ${known}`);
    const type = name.length <= MAX_NAME ? this.types.get(name) : undefined;
    if (!type) throw invalid('analysis_type', `must be one of ${known}`);
    return type;
  }
}

/** What a model is asked about one text. The same for the same text, so that its answer may come from the cache. */
export function questionOf({ model, task }: Analysis, text: string): Question {
  const { block, notice } = untrusted(text, 'The text');
  return {
    model,
    system: `You analyse a text. ${task.instructions}\n\nAnswer with JSON that conforms to the schema, and nothing else. ${notice}`,
    prompt: block,
    maxTokens: task.maxTokens,
    schema: task.schema,
  };
}

/** The result of an analysis, from what the model answered. */
export function resultOf({ task }: Analysis, answer: Json): Json {
  return task.result ? task.result(answer) : answer;
}
