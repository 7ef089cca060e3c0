import type { Caller } from '../../contract/caller';
import type { RoutedCall } from '../../contract/call';
import type { Reply } from '../../contract/reply';
import { settled } from '../../contract/settle';
import type { DegradationPolicy } from '../../platform/config/policies';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';
import { AnswerRecorder } from './answer-recorder';
import type { AnswerStore } from './answer-store';
import { answerText } from './answer-text';
import { decodeAnswer, encodeAnswer, type KeptAnswer } from './kept-answer';
import type { QuestionIndex } from './similar/question-index';
import { questionOf } from './similar/question-of';

type Tenant = Pick<Caller, 'tenantId'>;
type Asking = Pick<RoutedCall, 'caller' | 'request' | 'wire' | 'candidates' | 'validation'>;

/** The answers that were given before, each tenant's for itself. */
export class PastAnswers {
  constructor(
    private readonly store: AnswerStore,
    private readonly questions: QuestionIndex,
    private readonly hash: Pick<KeyedHash, 'digest'>,
    private readonly answerBytes: number,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Under which the answer to this call is kept; undefined when it answers no other call. */
  keyOf(call: Asking): string | undefined {
    const text = answerText(call);
    return text && this.digest('answer', call.caller, text);
  }

  /** The answer to the same call, when it is young enough. */
  async find({ tenantId }: Tenant, key: string, withinSeconds: number): Promise<KeptAnswer | undefined> {
    const bytes = await this.store.find({ tenantId, key });
    const answer = bytes && decodeAnswer(bytes);
    return answer && this.clock() - answer.at <= withinSeconds * 1_000 ? answer : undefined;
  }

  /** The answer to nearly the same question, asked of the same model with the same instructions and parameters. */
  async findSimilar(
    call: Asking,
    { similarity, staleSeconds }: Pick<DegradationPolicy, 'similarity' | 'staleSeconds'>,
  ): Promise<KeptAnswer | undefined> {
    const asked = this.familyOf(call);
    if (!asked) return undefined;
    for (const key of await this.questions.near(asked.family, asked.question, similarity)) {
      const answer = await this.find(call.caller, key, staleSeconds);
      if (answer) return answer;
    }
    return undefined;
  }

  /** The same reply, kept for `forSeconds` once it is complete. @param nearly others may be given it for nearly the same question */
  keeping(reply: Reply, call: Asking, key: string, forSeconds: number, nearly: boolean): Reply {
    const [{ provider, model }] = call.candidates;
    // another model's answer is not this one's
    if (reply.degraded || reply.provider !== provider || reply.model !== model) return reply;
    const recorder = new AnswerRecorder(this.answerBytes);
    const keep = (): void => {
      const taken = recorder.taken();
      if (!taken) return;
      const { tenantId } = call.caller;
      const bytes = encodeAnswer({ provider, model, dropped: reply.dropped, at: this.clock(), ...taken });
      if (bytes.length > this.answerBytes) return;
      const asked = nearly ? this.familyOf(call) : undefined;
      if (asked) this.questions.add(asked.family, asked.question, key);
      // the caller does not wait for it
      void this.store.keep({ tenantId, key }, bytes, forSeconds * 1_000);
    };
    return settled(reply, ({ kind }) => (kind === 'answered' ? keep() : undefined), recorder.observe);
  }

  private familyOf(call: Asking): { family: string; question: string } | undefined {
    const question = questionOf(call.request);
    const text = question && answerText({ ...call, request: question.rest });
    if (!text) return undefined;
    return { family: this.digest('question', call.caller, text), question: question.text };
  }

  private digest(purpose: string, { tenantId }: Tenant, text: string): string {
    return this.hash.digest(purpose, tenantId, text).toString('base64url');
  }
}
