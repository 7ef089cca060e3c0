import { GatewayError } from '../../contract/errors';
import { type BatchedReply, type BatchTarget, NotOfBatch } from '../../contract/in-batch';
import type { Ask, ForeignCall, JobContext } from '../../contract/job';
import { JobPause } from '../../contract/job-pause';
import type { Json } from '../../contract/json';
import { BATCH_PREFIX, publicId } from '../../contract/public-ids';
import {
  batchCall,
  type Batches,
  type BatchInput,
  ENDPOINTS,
  type Line,
  type RemoteBatch as Remote,
} from '../../features/batches';
import type { JobClaims, JobReader } from '../../features/jobs';
import type { RemoteBatches } from '../../pipeline';
import type { BatchSettings } from '../../platform/config/batch-settings';
import { mayPass } from '../waits';
import type { BatchLimits } from './batch-limits';
import { answered, isOfBatch, isOfLine, refused, requestOf, type ResultLine, stepOf, undone } from './batch-line';
import { eachOf } from './each-of';
import {
  chunksOf,
  numberIn,
  type Readied,
  readiedOf,
  remoteNameOf,
  sentLines,
  type SentLine,
  sentStepOf,
  stepsOf,
} from './sent-lines';
import { withResults } from './with-results';

type Why = Extract<BatchedReply, { kind: 'undone' }>['why'];
type AtProvider = ReturnType<RemoteBatches['of']> & object;

/** What a provider was sent a moment ago it may not list yet. */
const UNLISTED_MS = 15_000;
/** The wait before the next question is this part of the time since it was handed in. */
const PATIENCE = 10;

export interface RemotePlace {
  readonly batches: Pick<Batches, 'sending' | 'sent' | 'watched' | 'collected' | 'turnedAway' | 'othersAt' | 'count'>;
  readonly reader: Pick<JobReader, 'steps'>;
  readonly claims: Pick<JobClaims, 'forgetSteps'>;
  readonly remote: Pick<RemoteBatches, 'of'>;
  readonly limits: BatchLimits;
  readonly settings: Pick<BatchSettings, 'pollMs' | 'maxPollMs'>;
}

/** The provider's id of a batch that was handed in before; or it cannot be told yet whether it was. */
interface Sought {
  readonly id?: string;
  readonly unsure?: boolean;
}
/** Of the job; it may have ended. */
type Work = Pick<JobContext, 'jobId' | 'tenantId' | 'signal' | 'step'>;

/** One batch that goes to its provider. */
export interface Passing {
  readonly work: Work;
  readonly input: BatchInput;
  readonly passage: Remote;
  /** Lines, blank ones left out. */
  readonly total: number;
  /** Not before this it was handed in. */
  readonly since: Date;
}

/**
 * A batch in its provider's own batch API. Its lines are sanitized, put on record and kept before they are sent; the provider's id is
 * written down as soon as there is one, and who finds none looks for the batch there before it hands in another. What came of the
 * lines is read back one by one.
 */
export class RemoteBatchWork {
  constructor(private readonly at: RemotePlace) {}

  /**
   * Takes the batch as far as it goes now.
   * @returns when all that its provider did is kept; lines that it did not do may be left
   * @throws JobPause until the provider is further
   */
  async run(passing: Passing, lines: AsyncIterable<Line>): Promise<void> {
    const remote = this.of(passing);
    const id = passing.passage.id ?? (await this.handIn(passing, lines, remote));
    // none of its lines was left to send
    if (id === undefined) return this.at.batches.collected(passing.work.jobId);
    const state = await this.stateOf(id, passing, remote);
    if (!state.ended) throw new JobPause(this.waitOf(passing.passage));
    const why = state.status === 'expired' ? 'expired' : state.refused ? 'failed' : 'cancelled';
    await this.collect(id, passing, remote, why);
    if (state.refused) await this.at.batches.turnedAway(passing.work.jobId);
  }

  /**
   * The job has ended: its provider need not go on, and what it did until then was paid for.
   * @returns false when it is not over yet
   */
  async end(passing: Passing): Promise<boolean> {
    const { work, passage } = passing;
    const remote = this.of(passing);
    const known = passage.id === undefined ? await this.sought(passing, remote) : { id: passage.id };
    if (known.unsure) return false;
    const { id } = known;
    if (id === undefined) {
      await this.settle(passing, 'cancelled');
      return true;
    }
    const state = await this.stateOf(id, passing, remote);
    if (!state.ended) {
      if (!state.status.startsWith('cancel')) await remote.cancel(id, work.signal);
      return false;
    }
    await this.collect(id, passing, remote, 'cancelled');
    return true;
  }

  private of({ passage: { provider } }: Passing): AtProvider {
    const remote = this.at.remote.of(provider);
    if (remote) return remote;
    throw new GatewayError('provider_failed', `The provider '${provider}' takes no batches any more`);
  }

  /** @returns the provider's id of it; undefined when there is nothing to send */
  private async handIn(passing: Passing, lines: AsyncIterable<Line>, remote: AtProvider): Promise<string | undefined> {
    const { jobId, signal } = passing.work;
    const count = await this.ready(passing, lines);
    if (!count) return undefined;
    const known = await this.sought(passing, remote, count);
    if (known.unsure) throw new JobPause(this.at.settings.pollMs);
    if (known.id !== undefined) return known.id;
    await this.at.batches.sending(jobId);
    try {
      const id = await remote.submit(this.draftOf(passing, count), this.remoteLines(passing), signal);
      await this.at.batches.sent(jobId, id);
      return id;
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      if (signal.aborted || error.code === 'internal' || isOfBatch(error)) throw thrown;
      if (mayPass(error)) throw new JobPause(this.waitAfter(error), error);
      // it says no to the batch as such: its lines are asked for one by one
      await this.settle(passing, 'failed');
      await this.at.batches.turnedAway(jobId);
      return undefined;
    }
  }

  /** Sanitizes every line, and puts on record that it leaves. @returns how many are to be sent */
  private async ready(passing: Passing, lines: AsyncIterable<Line>): Promise<number> {
    const { work } = passing;
    const steps = stepsOf(this.at.reader, work);
    let count = 0;
    await eachOf(withResults(lines, steps), this.at.limits.parallel, async ({ n, line, result }) => {
      if (result) return;
      const found: Readied = await work.step(sentStepOf(n), (ask) => this.readied(n, line, passing, ask));
      if ('sent' in found) count++;
      else if ('line' in found) await work.step<Json & ResultLine>(stepOf(n), () => kept(found.line));
    });
    return count;
  }

  private async readied(
    n: number,
    { bytes }: Line,
    { work, input, passage }: Passing,
    ask: Ask,
  ): Promise<Json & Readied> {
    const { jobId, signal } = work;
    const { customId, body } = batchCall(bytes, input.endpoint, this.at.limits);
    try {
      const posted = await ask.post(this.callOf(n, body, jobId, input), targetOf(passage));
      if ('letter' in posted) return readied({ sent: { customId, body, letter: posted.letter } });
      return readied({ line: answered(jobId, n, customId, posted.answer.body) });
    } catch (thrown) {
      if (thrown instanceof NotOfBatch) return readied({ here: true });
      const error = GatewayError.from(thrown);
      if (signal.aborted || !isOfLine(error)) throw thrown;
      return readied({ line: refused(jobId, n, customId, error) });
    }
  }

  private async *remoteLines({ work, total }: Passing) {
    const batch = nameOf(work);
    for await (const { n, sent } of sentLines(total, stepsOf(this.at.reader, work)))
      yield { name: remoteNameOf(batch, n), request: sent.letter.sent };
  }

  /** Whether it was handed in by somebody who did not live to tell. */
  private async sought(passing: Passing, remote: AtProvider, count?: number): Promise<Sought> {
    const { work, passage } = passing;
    const { sent, provider } = passage;
    if (!sent) return {};
    const { jobId, signal } = work;
    const others = await this.at.batches.othersAt(provider, jobId);
    const total = count ?? (await this.countSent(passing));
    const found = await this.patient(passing, () => remote.find(this.draftOf(passing, total), others, signal));
    if (found.kind === 'found') {
      await this.at.batches.sent(jobId, found.id);
      return found;
    }
    return { unsure: found.kind === 'unsure' || sent.agoMs < UNLISTED_MS };
  }

  private async countSent({ work, total }: Passing): Promise<number> {
    let count = 0;
    for await (const _ of sentLines(total, stepsOf(this.at.reader, work))) count++;
    return count;
  }

  private async stateOf(id: string, passing: Passing, remote: AtProvider) {
    const { jobId, signal } = passing.work;
    const state = await this.patient(passing, async () => {
      try {
        return await remote.state(id, signal);
      } catch (error) {
        if (GatewayError.from(error).status !== 404) throw error;
        // somebody removed it there
        return { status: 'gone', ended: true, refused: false, counts: { completed: 0, failed: 0 } };
      }
    });
    await this.at.batches.watched(jobId, state.status);
    await this.at.batches.count(jobId, { total: passing.total, ...state.counts });
    return state;
  }

  /** Keeps what came of each line, then what is said of those of which nothing came. */
  private async collect(id: string, passing: Passing, remote: AtProvider, why: Why): Promise<void> {
    const { work } = passing;
    await this.patient(passing, () =>
      eachOf(this.replies(id, passing, remote), this.at.limits.parallel, async ({ n, sent, reply }) => {
        if (reply.kind === 'replied') await work.step(stepOf(n), (ask) => this.received(n, sent, passing, reply, ask));
        else if (reply.why === 'expired') await this.undone(n, sent, passing, reply.why);
      }),
    );
    await this.settle(passing, why);
    // what is left there harms nobody's work
    await remote.forget(id, work.signal).catch(() => undefined);
  }

  private async *replies(id: string, { work, total }: Passing, remote: AtProvider) {
    const batch = nameOf(work);
    const steps = stepsOf(this.at.reader, work);
    let waiting = new Map<number, BatchedReply>();
    const found = async () => {
      const readied = await readiedOf([...waiting.keys()], steps);
      const all = [...waiting].flatMap(([n, reply]) => {
        const known = readied.get(n);
        return known && 'sent' in known ? [{ n, sent: known.sent, reply }] : [];
      });
      waiting = new Map();
      return all;
    };
    // an answer is wrapped in a line of its own there
    const most = 2 * this.at.limits.answerBytes + 65_536;
    for await (const { name, reply } of remote.results(id, most, work.signal)) {
      const n = numberIn(batch, name);
      if (n === undefined || n > total) continue;
      waiting.set(n, reply);
      if (waiting.size >= this.at.limits.parallel) yield* await found();
    }
    yield* await found();
  }

  private async received(
    n: number,
    { customId, body, letter }: SentLine,
    passing: Passing,
    reply: BatchedReply,
    ask: Ask,
  ): Promise<Json & ResultLine> {
    const { work, input, passage } = passing;
    const { jobId, signal } = work;
    const { answerBytes } = this.at.limits;
    try {
      const answer = await ask.receive(this.callOf(n, body, jobId, input), targetOf(passage), letter, reply);
      const line = answered(jobId, n, customId, answer.body);
      if (Buffer.byteLength(JSON.stringify(line)) <= answerBytes) return { ...line };
      const message = `The answer is larger than ${answerBytes} bytes, and is not kept`;
      return { ...refused(jobId, n, customId, new GatewayError('prompt_too_large', message)) };
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      if (signal.aborted || error.code === 'internal' || isOfBatch(error)) throw thrown;
      return { ...refused(jobId, n, customId, error) };
    }
  }

  /** The record says of every line that left how it ended; then nothing is kept of how it left. */
  private async settle(passing: Passing, why: Why): Promise<void> {
    const { work, total } = passing;
    const { jobId, tenantId } = work;
    const steps = stepsOf(this.at.reader, work);
    for (const numbers of chunksOf(total)) {
      const readied = await readiedOf(numbers, steps);
      if (!readied.size) continue;
      const done = await steps([...readied.keys()].map(stepOf));
      for (const [n, known] of readied)
        if ('sent' in known && !done.has(stepOf(n))) await this.undone(n, known.sent, passing, why);
      await this.at.claims.forgetSteps({ id: jobId, tenantId }, [...readied.keys()].map(sentStepOf));
    }
    await this.at.batches.collected(jobId);
  }

  private async undone(
    n: number,
    { customId, body, letter }: SentLine,
    { work, input, passage }: Passing,
    why: Why,
  ): Promise<void> {
    const { jobId, step } = work;
    const close = async (ask: Ask): Promise<Json> => {
      try {
        await ask.receive(this.callOf(n, body, jobId, input), targetOf(passage), letter, { kind: 'undone', why });
      } catch (error) {
        if (isOfBatch(GatewayError.from(error)) && !isCancelled(error)) throw error;
      }
      return { ...undone(jobId, n, customId, why) };
    };
    // what did not end in time has ended; the rest may be asked for another time
    await step(why === 'expired' ? stepOf(n) : `undone ${n} ${passage.id ?? ''}`, close);
  }

  private callOf(n: number, body: ForeignCall['body'], jobId: string, { endpoint }: BatchInput): ForeignCall {
    return { dialect: ENDPOINTS[endpoint], body, requestId: requestOf(jobId, n), failures: 2, patienceMs: 180_000 };
  }

  private draftOf({ work, since }: Passing, total: number) {
    return { name: nameOf(work), total, since };
  }

  /** What may pass is tried again later, without the batch failing for it: it has a time by which it ends. */
  private async patient<T>({ work }: Passing, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      if (work.signal.aborted || error.code === 'internal' || isOfBatch(error) || !mayPass(error)) throw thrown;
      throw new JobPause(this.waitAfter(error), error);
    }
  }

  private waitOf({ sent }: Remote): number {
    const { pollMs, maxPollMs } = this.at.settings;
    return Math.min(Math.max((sent?.agoMs ?? 0) / PATIENCE, pollMs), Math.max(pollMs, maxPollMs));
  }

  private waitAfter({ facts }: GatewayError): number {
    const { pollMs, maxPollMs } = this.at.settings;
    return Math.min(Math.max((facts.retryAfter ?? 0) * 1_000, pollMs), Math.max(pollMs, maxPollMs));
  }
}

const nameOf = ({ jobId }: Work) => publicId(BATCH_PREFIX, jobId);
const targetOf = ({ provider, model }: Remote): BatchTarget => ({ provider, model });
const isCancelled = (error: unknown) => error instanceof GatewayError && error.facts.attempts === 0;
const readied = (made: Readied) => made as unknown as Json & Readied;
const kept = (line: ResultLine) => Promise.resolve({ ...line });
