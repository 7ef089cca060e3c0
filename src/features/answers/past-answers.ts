import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import type { RoutedCall } from '../../contract/call';
import type { Likeness, Reply } from '../../contract/reply';
import type { ModelRequest } from '../../contract/request';
import { settled } from '../../contract/settle';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';
import { AnswerLabels, type PurgeRequest } from './answer-labels';
import { AnswerRecorder } from './answer-recorder';
import type { AnswerStore } from './answer-store';
import { answerText } from './answer-text';
import { decodeAnswer, encodeAnswer, type KeptAnswer } from './kept-answer';
import { AskedQuestion } from './similar/asked-question';
import type { Embedder } from './similar/embedder';
import { questionOf } from './similar/question-of';
import type { Nearness, SimilarQuestions } from './similar/similar-questions';
import type { Forgotten } from './similar/vector-index';

type Tenant = Pick<Caller, 'tenantId'>;
type Asking = Pick<
  RoutedCall,
  'caller' | 'request' | 'wire' | 'candidates' | 'validation' | 'guarded' | 'requestId' | 'user' | 'signal'
>;
/** What an answer that is kept can be purged by, too. */
type Kept = Asking & Pick<RoutedCall, 'tags' | 'receivedAt'>;

/** How the call that a kept answer was to come from ended. */
export type Told =
  /** Absent: it cannot be told again. `kept` resolves when others can find it. */
  | { readonly kind: 'answered'; readonly answer?: KeptAnswer; readonly kept?: Promise<void> }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'abandoned' };

/** How near a question must be, who says how near it is, and how old its answer may be. */
export interface SimilarTerms extends Nearness {
  /** Absent: letters are compared, not meaning. */
  readonly embedder?: Embedder | undefined;
  readonly withinSeconds: number;
}
/** Absent: the question is remembered by its letters alone. */
type Nearly = Pick<SimilarTerms, 'embedder'>;
export interface SimilarAnswer {
  readonly answer: KeptAnswer;
  readonly likeness: Likeness;
}

/** The question is remembered although its caller may be gone by then. */
const REMEMBER_MS = 10_000;

/** The answers that were given before, each tenant's for itself. */
export class PastAnswers {
  private readonly asked = new WeakMap<ModelRequest, AskedQuestion>();
  private readonly labels: AnswerLabels;

  constructor(
    private readonly store: AnswerStore,
    private readonly questions: SimilarQuestions,
    private readonly hash: Pick<KeyedHash, 'digest'>,
    private readonly answerBytes: number,
    private readonly clock: () => number = Date.now,
  ) {
    this.labels = new AnswerLabels(hash);
  }

  /** Under which the answer to this call is kept; undefined when it answers no other call. @param many also with tools, and for several answers */
  keyOf(call: Asking, many = false): string | undefined {
    const text = answerText(call, many);
    return text && this.digest('answer', call.caller, text);
  }

  /** The answer to the same call, when it is young enough. */
  async find({ tenantId }: Tenant, key: string, withinSeconds: number): Promise<KeptAnswer | undefined> {
    const bytes = await this.store.find({ tenantId, key });
    const answer = bytes && decodeAnswer(bytes);
    return answer && this.clock() - answer.at <= withinSeconds * 1_000 ? answer : undefined;
  }

  /** Seconds since a model gave it. */
  ageOf({ at }: KeptAnswer): number {
    return (this.clock() - at) / 1_000;
  }

  /** The answer to nearly the same question, asked of the same model with the same instructions, parameters and earlier turns. */
  async findSimilar(call: Asking, terms: SimilarTerms): Promise<SimilarAnswer | undefined> {
    const asked = this.askedBy(call);
    if (!asked) return undefined;
    const matches = await this.questions.find(asked, terms, terms.embedder, call.signal);
    for (const { key, similarity, by, requestId } of matches) {
      const answer = await this.find(call.caller, key, terms.withinSeconds);
      if (answer) return { answer, likeness: { similarity, by, requestId } };
    }
    return undefined;
  }

  /** Questions that are forgotten are nobody's neighbours any more; their answers are purged elsewhere. @throws when some may be left */
  forgetQuestions({ user, ...which }: Omit<Forgotten, 'subject'> & { readonly user?: string }): Promise<void> {
    return this.questions.forget({ ...which, ...(user !== undefined && { subject: this.subject(which, user) }) });
  }

  /**
   * The same reply, kept for `forSeconds` once it is complete, if it is one for later calls.
   * @param nearly others may be given it for nearly the same question, by this embedder
   * @param told how it ended, before the last piece is handed out; of another model's answer too, which is not kept
   */
  keeping(
    reply: Reply,
    call: Kept,
    key: string,
    forSeconds: number,
    nearly: Nearly | false,
    told?: (end: Told) => void,
  ): Reply {
    const { provider, model, dropped, degraded } = reply;
    const [first] = call.candidates;
    // another model's answer is not this one's
    const isOwn = !degraded && provider === first.provider && model === first.model;
    if (!isOwn && !told) return reply;
    const recorder = new AnswerRecorder(this.answerBytes);
    const ended = (): Told => {
      const taken = recorder.taken();
      if (!taken) return { kind: 'answered' };
      const { lasting, ...said } = taken;
      const answer: KeptAnswer = { provider, model, dropped, at: this.clock(), ...said };
      const kept = lasting && isOwn && forSeconds > 0 ? this.keep(answer, call, key, forSeconds, nearly) : undefined;
      return { kind: 'answered', answer, ...(kept && { kept }) };
    };
    return settled(
      reply,
      (outcome) => {
        const end = outcome.kind === 'answered' ? ended() : outcome;
        told?.(end);
      },
      recorder.observe,
    );
  }

  /**
   * Removes answers, and the questions that lead to them, here and in all processes.
   * @returns how many there were
   * @throws GatewayError `storage_unavailable` when some may be left
   */
  async purge(request: PurgeRequest): Promise<number> {
    const { tenantId, by } = request;
    try {
      const gone = await this.store.purge({ tenantId, label: this.labels.meant(request) });
      if (!by) await this.forgetQuestions({ tenantId });
      else if (by.kind === 'user') await this.forgetQuestions({ tenantId, user: by.name });
      else if (gone.size) await this.forgetQuestions({ tenantId, keys: gone });
      return gone.size;
    } catch (cause) {
      throw new GatewayError('storage_unavailable', 'Kept answers cannot all be purged now', { retryAfter: 2, cause });
    }
  }

  /** The caller does not wait for it. */
  private keep(
    answer: KeptAnswer,
    call: Kept,
    key: string,
    forSeconds: number,
    nearly: Nearly | false,
  ): Promise<void> | undefined {
    const bytes = encodeAnswer(answer);
    if (bytes.length > this.answerBytes) return undefined;
    if (nearly) this.remember(call, key, forSeconds, nearly.embedder);
    const { tenantId } = call.caller;
    const labels = this.labels.of(call, answer.provider, answer.model);
    const origin = { labels, askedAt: call.receivedAt };
    return this.store.keep({ tenantId, key }, bytes, forSeconds * 1_000, origin);
  }

  private remember(call: Asking, key: string, forSeconds: number, embedder: Embedder | undefined): void {
    const asked = this.askedBy(call);
    if (!asked) return;
    const { caller, requestId, user } = call;
    const subject = user === undefined ? undefined : this.subject(caller, user);
    const source = { key, requestId, ...(subject && { subject }), expiresAt: this.clock() + forSeconds * 1_000 };
    void this.questions.remember(asked, source, embedder, AbortSignal.timeout(REMEMBER_MS));
  }

  private askedBy(call: Asking): AskedQuestion | undefined {
    const known = this.asked.get(call.request);
    if (known) return known;
    const question = questionOf(call.request);
    const text = question && answerText({ ...call, request: question.rest });
    if (!text) return undefined;
    const { caller } = call;
    const familyOf = (embedder: string): string => this.digest('question', caller, `${embedder}\n${text}`);
    const asked = new AskedQuestion(caller.tenantId, question.text, familyOf);
    this.asked.set(call.request, asked);
    return asked;
  }

  private subject(tenant: Tenant, user: string): string {
    return this.digest('answered user', tenant, user);
  }

  private digest(purpose: string, { tenantId }: Tenant, text: string): string {
    return this.hash.digest(purpose, tenantId, text).toString('base64url');
  }
}
