import { createHash } from 'node:crypto';
import { canonicalJson } from '../contract/canonical-json';
import { GatewayError } from '../contract/errors';
import type { BatchedReply, BatchTarget, Letter } from '../contract/in-batch';
import type { Ask, ForeignCall, JobContext } from '../contract/job';
import type { Json } from '../contract/json';
import type { Picos } from '../contract/money';
import type { ClaimedJob, JobClaims, JobSignals } from '../features/jobs';
import type { CallOrigin, JobCalls } from './job-calls.service';
import { JobStopped } from './job-stopped';
import { ProgressReport } from './progress-report';
import { Slots } from './slots';
import { onceKept, patiently } from './waits';

const LONGEST_KEY = 200;
/** A limit that lasts for longer: others have the place of the job meanwhile. */
const LIMITED_MS = 20_000;

type Patience = Pick<ForeignCall, 'patienceMs' | 'failures'>;

export interface Workplace {
  readonly claims: Pick<JobClaims, 'stepOf' | 'keepStep' | 'partial' | 'progress' | 'spend'>;
  readonly calls: Pick<JobCalls, 'ask' | 'verbatim' | 'post' | 'receive'>;
  readonly signals: Pick<JobSignals, 'tell'>;
  readonly parallel: number;
  readonly resultBytes: number;
}

/** A job that this process works on: what its kind sees of it. */
export class WorkingJob implements JobContext {
  readonly jobId: string;
  readonly tenantId: string;
  readonly signal: AbortSignal;
  readonly parallel: number;
  readonly validation: JobContext['validation'];
  private readonly stopped = new AbortController();
  private readonly slots: Slots;
  private readonly steps = new Map<string, Promise<Json>>();
  /** What these gave is read again when somebody asks: a job may have more of it than memory holds. */
  private readonly kept = new Set<string>();
  private readonly report: ProgressReport;
  private isHandedBack = false;
  /** What answers cost whose steps came to nothing. An answer that is asked for once more is paid for then. */
  private unkept = 0n;

  constructor(
    readonly claimed: ClaimedJob,
    private readonly at: Workplace,
  ) {
    this.jobId = claimed.id;
    this.tenantId = claimed.tenantId;
    this.signal = this.stopped.signal;
    this.parallel = at.parallel;
    this.validation = claimed.submission.validation;
    this.slots = new Slots(at.parallel);
    this.report = new ProgressReport(claimed.job.progress, async (percent, stage) => {
      await this.mine(this.at.claims.progress(this.claimed, percent, stage));
    });
  }

  readonly step = <T extends Json>(key: string, work: (ask: Ask) => Promise<T>): Promise<T> => {
    if (!key || key.length > LONGEST_KEY) throw new Error(`a step has a key of 1 to ${LONGEST_KEY} characters`);
    const known = this.steps.get(key) as Promise<T> | undefined;
    if (known) return known;
    const step = this.slots.run(() => this.once(key, work));
    this.steps.set(key, step);
    // whoever asks for it hears of a failure
    step.then(
      () => this.forget(key),
      () => undefined,
    );
    return step;
  };

  readonly conclude = async <T extends Json>(key: string, work: (ask: Ask) => Promise<T>): Promise<T> => {
    this.signal.throwIfAborted();
    if (this.isHandedBack) throw new JobStopped('handed-back');
    const bill = new Bill();
    try {
      return await work(this.asker(key, bill.add));
    } catch (error) {
      await this.at.claims.spend(this.claimed, bill.failures).catch(() => undefined);
      throw error;
    } finally {
      this.unkept += bill.answers;
    }
  };

  readonly partial = async (key: string, value: Json): Promise<void> => {
    this.signal.throwIfAborted();
    this.refuseLarge(value);
    await this.mine(onceKept(() => this.at.claims.partial(this.claimed, key, value), this.signal));
  };

  readonly progress = (percent: number, stage: string): void => {
    if (!this.signal.aborted) this.report.add(percent, stage);
  };

  /** The work on it stops at once; a call that is under way is cut. */
  stop(why: JobStopped['why']): void {
    this.stopped.abort(new JobStopped(why));
    this.close();
  }

  /** No new step is begun. */
  handBack(): void {
    this.isHandedBack = true;
  }

  /** No new step is begun, and those under way have ended: what they gave is kept. */
  async rest(): Promise<void> {
    this.handBack();
    await Promise.allSettled(this.steps.values());
  }

  /** What answers cost that led to no step. */
  get unpaid(): Picos {
    return this.unkept;
  }

  /**
   * The job ends for good: nobody asks once more for what came to nothing.
   * @param onlyEnded when it is not for this process to say whether it has ended
   */
  async settle(onlyEnded = false): Promise<void> {
    const cost = this.unkept;
    await this.at.claims.spend(this.claimed, cost, onlyEnded);
    this.unkept -= cost;
  }

  /** Nothing more is written of it. */
  close(): void {
    this.report.close();
  }

  /** @throws GatewayError `invalid_request` when it is larger than what is kept */
  refuseLarge(value: Json): void {
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes > this.at.resultBytes)
      throw new GatewayError(
        'prompt_too_large',
        `A result of ${bytes} bytes is not kept: at most ${this.at.resultBytes}`,
      );
  }

  private async once<T extends Json>(key: string, work: (ask: Ask) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    if (this.isHandedBack) throw new JobStopped('handed-back');
    const kept = this.claimed.attempt > 1 || this.kept.has(key) ? await this.read(key) : undefined;
    if (kept !== undefined) return kept as T;
    const bill = new Bill();
    try {
      const content = await work(this.asker(key, bill.add));
      this.refuseLarge(content);
      const cost = bill.answers + bill.failures;
      await this.mine(onceKept(() => this.at.claims.keepStep(this.claimed, key, content, cost), this.signal));
      return content;
    } catch (error) {
      this.unkept += bill.answers;
      await this.at.claims.spend(this.claimed, bill.failures).catch(() => undefined);
      throw error;
    }
  }

  private forget(key: string): void {
    this.kept.add(key);
    this.steps.delete(key);
  }

  private read(key: string): Promise<Json | undefined> {
    return onceKept(() => this.at.claims.stepOf(this.claimed, key), this.signal);
  }

  /** The calls of a step are named by their order and what they ask: the same work makes the same calls. */
  private asker(step: string, spent: CallOrigin['spent']): Ask {
    let n = 0;
    const origin = (asked: unknown) => ({
      jobId: this.jobId,
      keyId: this.claimed.job.keyId,
      submission: this.claimed.submission,
      signal: this.signal,
      name: `job:${this.jobId}:${digest(step)}:${n++}:${digest(canonicalJson(asked))}`,
      spent,
    });
    const { calls } = this.at;
    const patient = <A>(work: () => Promise<A>, { patienceMs = LIMITED_MS, failures }: Patience = {}) =>
      patiently(work, this.signal, patienceMs, failures);
    const ask: Ask = Object.assign(
      (question: Parameters<Ask>[0]) => {
        const from = origin(question);
        return patient(() => calls.ask(question, from));
      },
      {
        verbatim: (call: Parameters<Ask['verbatim']>[0]) => {
          const from = origin([call.dialect, call.body]);
          return patient(() => calls.verbatim(call, from), call);
        },
        post: (call: ForeignCall, target: BatchTarget) => {
          const from = origin([call.dialect, call.body]);
          return patient(() => calls.post(call, target, from), call);
        },
        receive: (call: ForeignCall, target: BatchTarget, letter: Letter, reply: BatchedReply) =>
          calls.receive(call, target, letter, reply, origin([call.dialect, call.body])),
      },
    );
    return ask;
  }

  /** @throws JobStopped when the job is somebody else's */
  private async mine(written: Promise<boolean>): Promise<void> {
    if (!(await written)) {
      this.stop('taken');
      this.signal.throwIfAborted();
    }
    this.at.signals.tell(this.jobId);
  }
}

/** What the calls of one step cost. */
class Bill {
  answers = 0n;
  failures = 0n;

  readonly add: CallOrigin['spent'] = (picos, answered) => {
    if (answered) this.answers += picos;
    else this.failures += picos;
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
