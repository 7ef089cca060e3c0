import { Injectable } from '@nestjs/common';
import type { Call } from '../contract/call';
import { GatewayError } from '../contract/errors';
import { uuidv7 } from '../contract/ids';
import { type BatchedReply, type BatchTarget, CallPosted, type Letter } from '../contract/in-batch';
import { isObject, type Json, type JsonObject } from '../contract/json';
import {
  type Answer,
  type ForeignAnswer,
  type ForeignCall,
  JOB_REQUEST_PREFIX,
  type PostedCall,
  type Question,
} from '../contract/job';
import type { Picos } from '../contract/money';
import { type FinishReason, NO_USAGE, type Piece, type Reply, type Usage } from '../contract/reply';
import type { Dialect, WireRequest } from '../contract/wire';
import { CODECS } from '../dialects/codecs';
import { jsonAnswer } from '../dialects/json-answer';
import type { Submission } from '../features/jobs';
import { KeyRing } from '../features/tenancy';
import { Pipeline, QuestionBodies } from '../pipeline';
import { EventBus } from '../platform/events/event-bus';

/** Which job makes a call, and on whose behalf. */
export interface CallOrigin {
  readonly jobId: string;
  readonly keyId: string;
  readonly submission: Submission;
  readonly signal: AbortSignal;
  /** Names the call among all others: the same when it is made again. */
  readonly name: string;
  /** Told what the call cost, also when it failed. */
  readonly spent: (cost: Picos, answered: boolean) => void;
}

type CallTerms = Partial<
  Pick<Call, 'id' | 'requestId' | 'caller' | 'cacheIntent' | 'validation' | 'idempotencyKey' | 'inBatch' | 'receivedAt'>
>;

const CLIENT: Call['caller']['roles'] = new Set(['client']);

/** What was learnt of an answer while it was read. */
interface Heard {
  text: string;
  finish: FinishReason;
  usage: Usage;
}

/** Calls of jobs. They pass the pipeline like any other, for the key that handed the job in. */
@Injectable()
export class JobCalls {
  private readonly costs = new Map<string, Picos | undefined>();

  constructor(
    private readonly pipeline: Pipeline,
    private readonly ring: KeyRing,
    private readonly questions: QuestionBodies,
    events: EventBus,
  ) {
    events.on('call.finished', ({ id, cost }) => {
      if (this.costs.has(id)) this.costs.set(id, cost);
    });
  }

  /** @throws GatewayError as a door would refuse the call */
  async ask(question: Question, origin: CallOrigin): Promise<Answer> {
    const body = this.questions.of(question);
    const wire = { dialect: 'openai-chat', body, headers: {} } as const;
    const { schema, cache = 'use' } = question;
    const call = await this.callOf(wire, origin, {
      idempotencyKey: origin.name,
      cacheIntent: cache,
      ...(schema && { validation: 'repair' }),
    });
    return this.made(call, origin, async (reply) => {
      const heard: Heard = { text: '', finish: 'stop', usage: NO_USAGE };
      for await (const _ of listened(reply.pieces, heard));
      const { text, finish, usage } = heard;
      const json = schema ? { json: parsed(text) } : {};
      return { usage, answer: { text, finish, ...json } };
    });
  }

  /** @throws GatewayError likewise */
  async verbatim(foreign: ForeignCall, origin: CallOrigin): Promise<ForeignAnswer> {
    return this.answered(await this.foreignCall(foreign, origin, { idempotencyKey: origin.name }), foreign, origin);
  }

  /** Readies the call to be sent with a batch. @throws NotOfBatch, GatewayError */
  async post(foreign: ForeignCall, target: BatchTarget, origin: CallOrigin): Promise<PostedCall> {
    const call = await this.foreignCall(foreign, origin, { inBatch: { way: 'out', target } });
    try {
      return { answer: await this.answered(call, foreign, origin) };
    } catch (error) {
      if (!(error instanceof CallPosted)) throw error;
      const { id: callId, requestId, receivedAt, caller } = call;
      const { roles: _roles, ...known } = caller;
      return { letter: { ...error.posted, callId, requestId, receivedAt, caller: known } };
    }
  }

  /** Takes what the provider said of it. @throws GatewayError what it failed with */
  async receive(
    foreign: ForeignCall,
    target: BatchTarget,
    letter: Letter,
    reply: BatchedReply,
    origin: CallOrigin,
  ): Promise<ForeignAnswer> {
    const { callId: id, receivedAt, caller } = letter;
    const call = await this.foreignCall(foreign, origin, {
      id,
      receivedAt,
      caller: { ...caller, roles: CLIENT },
      inBatch: { way: 'back', target, letter, reply },
    });
    return this.answered(call, foreign, origin);
  }

  private foreignCall(foreign: ForeignCall, origin: CallOrigin, more: CallTerms): Promise<Call> {
    const { dialect, body, headers = {}, cache = origin.submission.cache, requestId } = foreign;
    if (dialect === 'internal') throw new Error('a foreign call has a dialect');
    const { validation } = origin.submission;
    return this.callOf({ dialect, body, headers }, origin, {
      ...(cache && { cacheIntent: cache }),
      ...(validation && { validation }),
      ...(requestId !== undefined && { requestId }),
      ...more,
    });
  }

  /** The answer in the dialect of the call. */
  private async answered(call: Call, { dialect, body }: ForeignCall, origin: CallOrigin): Promise<ForeignAnswer> {
    if (dialect === 'internal') throw new Error('a foreign call has a dialect');
    return this.made(call, origin, async (reply) => {
      const heard: Heard = { text: '', finish: 'stop', usage: NO_USAGE };
      const { requestId, receivedAt } = reply.repeats ?? call;
      const context = { requestId, created: Math.floor(receivedAt / 1_000), body };
      const bytes = await jsonAnswer({ ...reply, pieces: listened(reply.pieces, heard) }, CODECS[dialect], context);
      const answer = { requestId: call.requestId, body: JSON.parse(bytes.toString()) as JsonObject };
      return { usage: heard.usage, answer };
    });
  }

  private async made<T extends object>(
    call: Call,
    { spent }: CallOrigin,
    read: (reply: Reply) => Promise<{ usage: Usage; answer: T }>,
  ) {
    this.costs.set(call.id, undefined);
    let cost: Picos | undefined;
    let answered = false;
    try {
      const asked = performance.now();
      const reply = await this.pipeline.run(call);
      const { usage, answer } = await read(reply);
      const { provider, model, degraded } = reply;
      answered = true;
      // an answer that is given again was paid for by this very job
      cost = reply.repeats ? reply.repeats.cost : this.costs.get(call.id);
      return {
        ...answer,
        callId: call.id,
        provider,
        model,
        cache: reply.cache ?? ('bypass' as const),
        ...(degraded && { degraded }),
        ...(!reply.repeats && { latencyMs: performance.now() - asked }),
        usage,
        picos: cost ?? 0n,
      };
    } catch (error) {
      cost = this.costs.get(call.id);
      throw error;
    } finally {
      this.costs.delete(call.id);
      spent(cost ?? 0n, answered);
    }
  }

  private async callOf(
    wire: WireRequest & { readonly dialect: Dialect },
    { jobId, keyId, submission, signal, name }: CallOrigin,
    more: CallTerms,
  ): Promise<Call> {
    const { session, tags, complexity, traceparent } = submission;
    const request = CODECS[wire.dialect].decodeRequest(wire.body);
    const user = submission.user ?? request.user;
    return {
      id: uuidv7(),
      requestId: `${JOB_REQUEST_PREFIX}${jobId}`,
      caller: more.caller ?? (await this.ring.callerOf(keyId)),
      request,
      wire,
      ...(user !== undefined && { user }),
      ...(session !== undefined && { session }),
      ...(tags && { tags }),
      ...(complexity && { complexity }),
      ...(traceparent !== undefined && { traceparent }),
      job: { id: jobId, name },
      signal,
      receivedAt: Date.now(),
      startedAt: performance.now(),
      ...more,
    };
  }
}

async function* listened(pieces: AsyncIterable<Piece>, heard: Heard): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    for (const event of piece.events)
      if (event.type === 'text' && !event.choice) heard.text += event.text;
      else if (event.type === 'finish' && !event.choice) heard.finish = event.reason;
      else if (event.type === 'end') heard.usage = event.usage;
    yield piece;
  }
}

function parsed(text: string): Json {
  try {
    const json = JSON.parse(text) as Json;
    if (isObject(json) || Array.isArray(json)) return json;
  } catch {
    // falls through
  }
  throw new GatewayError('provider_failed', 'The model did not answer in JSON');
}
