import type { Json } from '../../src/contract/json';
import type { Answer, Ask, JobContext, JobKind, Question } from '../../src/contract/job';
import { NO_USAGE } from '../../src/contract/reply';

export interface Told {
  readonly percent: number;
  readonly stage: string;
}

/** What a scripted model answers: JSON or text, or more of an answer than that. May throw. */
export type Oracle = (question: Question, asked: number) => Json | Partial<Answer> | Promise<Json | Partial<Answer>>;

/** Runs kinds of jobs without a queue: what runs them keeps steps and remembers what was told. */
export class JobBench {
  readonly questions: Question[] = [];
  readonly progress: Told[] = [];
  readonly partials: [key: string, value: Json][] = [];
  /** By key; kept over runs, as a job that is taken over finds them. */
  readonly steps = new Map<string, Json>();
  readonly controller = new AbortController();

  constructor(
    private readonly oracle: Oracle,
    private readonly parallel = 3,
  ) {}

  run<I>(kind: JobKind<I>, input: Json): Promise<Json> {
    return kind.run(kind.parse(input), this.context);
  }

  get context(): JobContext {
    return {
      jobId: 'job-1',
      tenantId: 'tenant-1',
      signal: this.controller.signal,
      parallel: this.parallel,
      step: async <T extends Json>(key: string, work: (ask: Ask) => Promise<T>) => {
        if (key.length > 200) throw new Error(`a key of ${key.length} characters`);
        if (this.steps.has(key)) return this.steps.get(key) as T;
        const result = await work(this.ask);
        this.steps.set(key, JSON.parse(JSON.stringify(result)) as Json);
        return result;
      },
      conclude: (_key, work) => work(this.ask),
      partial: async (key, value) => void this.partials.push([key, value]),
      progress: (percent, stage) => void this.progress.push({ percent, stage }),
    };
  }

  private get ask(): Ask {
    const ask = async (question: Question): Promise<Answer> => {
      this.controller.signal.throwIfAborted();
      this.questions.push(question);
      const said = await this.oracle(question, this.questions.length);
      const more = isAnswer(said)
        ? said
        : question.schema
          ? { json: said, text: JSON.stringify(said) }
          : { text: said as string };
      return {
        text: '',
        callId: `call-${this.questions.length}`,
        provider: 'double',
        model: `${question.model}-model`,
        cache: 'miss',
        usage: { ...NO_USAGE, inputTokens: 10, outputTokens: 5 },
        picos: 1_000_000_000n,
        finish: 'stop',
        ...more,
      };
    };
    return Object.assign(ask, {
      verbatim: () => Promise.reject(new Error('nobody asks in a dialect here')),
      post: () => Promise.reject(new Error('nobody asks in a dialect here')),
      receive: () => Promise.reject(new Error('nobody asks in a dialect here')),
    });
  }
}

const isAnswer = (said: unknown): said is Partial<Answer> =>
  typeof said === 'object' && said !== null && ('json' in said || 'finish' in said || 'cache' in said);
