import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Call } from '../../contract/call';
import type { GatewayError } from '../../contract/errors';
import { uuidv7 } from '../../contract/ids';
import { isObject, type JsonObject } from '../../contract/json';
import { usdText } from '../../contract/money';
import type { Reply, ReplyEvent } from '../../contract/reply';
import type { ModelRequest } from '../../contract/request';
import type { Codec, ReplyContext } from '../../dialects/codec';
import { invalid } from '../../dialects/fields';
import { eventsOf, jsonAnswer } from '../../dialects/json-answer';
import { QueuedCalls } from '../../jobs';
import { Pipeline } from '../../pipeline';
import { causeOf } from '../filters/cause-of';
import { callerOf, type CallerRequest, setCallRates } from '../guards';
import { intentOf } from './caller-intent';
import { clientSignal } from './client-signal';
import { sseAnswer } from './write-reply';

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // nginx and its kin would hold a stream back
  'x-accel-buffering': 'no',
};

export interface ServeOptions {
  /** Protocol headers that a provider of the same dialect must see. */
  readonly forwarded?: Readonly<Record<string, string>>;
  /** Changes the body before it is decoded. */
  readonly prepare?: (body: JsonObject) => JsonObject;
  /** Sees the answer as it goes out: the whole JSON, or complete stream frames. */
  readonly observe?: (bytes: Buffer) => void;
  /** Spells an answer in one piece, where the route has a shape of its own. @param ms since the call came in */
  readonly tell?: (events: readonly ReplyEvent[], reply: Reply, ms: number) => JsonObject;
}

/** What every inference route does: decode, run the pipeline, and answer in the caller's dialect. */
@Injectable()
export class Door {
  private readonly log = new Logger('Door');

  constructor(
    private readonly pipeline: Pipeline,
    private readonly queued: QueuedCalls,
  ) {}

  async serve(
    codec: Codec,
    request: CallerRequest,
    response: FastifyReply,
    { forwarded = {}, prepare, observe, tell }: ServeOptions = {},
  ): Promise<void> {
    if (!isObject(request.body)) throw invalid('', 'The body must be a JSON object');
    const body = prepare ? prepare(request.body) : request.body;
    const decoded: ModelRequest = codec.decodeRequest(body);
    const intent = intentOf(request.headers, body, decoded.user);
    const id = uuidv7();
    const call: Call = {
      id,
      requestId: intent.requestId ?? request.id,
      caller: callerOf(request),
      request: decoded,
      wire: { dialect: codec.dialect, body, headers: forwarded },
      user: intent.user,
      session: intent.session,
      tags: intent.tags,
      cacheIntent: intent.cache,
      validation: intent.validation,
      complexity: intent.complexity,
      timeoutMs: intent.timeoutMs,
      traceparent: intent.traceparent,
      idempotencyKey: intent.idempotencyKey,
      signal: clientSignal(response.raw),
      receivedAt: Date.now(),
      startedAt: performance.now(),
    };
    // nothing was done for whoever left while the call waited to be read
    call.signal.throwIfAborted();
    request.isCall = true;
    let reply: Reply;
    try {
      reply = await this.pipeline.run(call);
    } catch (error) {
      throw await this.queued.instead(call, error);
    }
    const context = contextOf(reply.repeats ?? call, body);
    if (decoded.stream) {
      response.headers({ ...headersOf(reply, call), ...SSE_HEADERS });
      if (reply.rates) setCallRates(response, reply.rates(), request.rate);
      const onFault = (fault: GatewayError) =>
        this.log.error({ request_id: request.id, err: causeOf(fault) }, 'fault in a stream');
      await response.send(sseAnswer(reply, codec, context, { observe, onFault }));
    } else {
      const answer = tell
        ? Buffer.from(JSON.stringify(tell(await eventsOf(reply), reply, performance.now() - call.startedAt)))
        : await jsonAnswer(reply, codec, context);
      observe?.(answer);
      response.headers({ ...headersOf(reply, call), 'content-type': 'application/json; charset=utf-8' });
      if (reply.rates) setCallRates(response, reply.rates(), request.rate);
      await response.send(answer);
    }
  }
}

/** A repeated answer is spelled as it was for the call that got it first. */
function contextOf(
  { requestId, receivedAt }: Pick<Call, 'requestId' | 'receivedAt'>,
  body: ReplyContext['body'],
): ReplyContext {
  return { requestId, created: Math.floor(receivedAt / 1_000), body };
}

/** What the caller may want to know at once; `GET /v1/requests/:id` has the rest. */
function headersOf(reply: Reply, call: Call): Record<string, string> {
  const overhead = Math.max(0, performance.now() - call.startedAt - (reply.waitedMs ?? 0));
  return {
    'x-gatehouse-provider': reply.provider,
    'x-gatehouse-model': reply.model,
    'x-gatehouse-cache': reply.cache ?? 'bypass',
    ...likenessHeaders(reply),
    'x-gatehouse-attempts': String(reply.attempts),
    ...(reply.degraded ? { 'x-gatehouse-degraded': reply.degraded } : {}),
    ...(reply.maxTokens === undefined ? {} : { 'x-gatehouse-max-tokens': String(reply.maxTokens) }),
    ...(reply.overBudget ? { 'x-gatehouse-budget': 'over' } : {}),
    ...(reply.validated ? { 'x-gatehouse-validated': reply.validated === 'valid' ? 'true' : reply.validated } : {}),
    ...deprecationHeaders(reply),
    ...(reply.complexity ? { 'x-gatehouse-complexity': reply.complexity } : {}),
    ...(reply.savedTokens ? { 'x-gatehouse-saved-tokens': String(reply.savedTokens) } : {}),
    'x-gatehouse-overhead-ms': overhead.toFixed(2),
    ...guardsHeader(reply),
    ...auditHeader(reply),
    ...costHeader(reply),
    ...(reply.repeats ? { 'idempotent-replayed': 'true' } : {}),
    ...(reply.ageSeconds === undefined ? {} : { age: String(reply.ageSeconds) }),
    ...(reply.dropped.length ? { 'x-gatehouse-dropped': headerSafe(reply.dropped.join(', ')) } : {}),
  };
}

/** RFC 9745 and RFC 8594, and what to use instead. */
function deprecationHeaders({ deprecation }: Reply): Record<string, string> {
  if (!deprecation) return {};
  const { deprecatedAt, retiresAt, warning } = deprecation;
  return {
    ...(deprecatedAt !== undefined && { deprecation: `@${Math.floor(deprecatedAt / 1_000)}` }),
    ...(retiresAt !== undefined && { sunset: new Date(retiresAt).toUTCString() }),
    'x-gatehouse-warning': headerSafe(warning),
  };
}

/** How near the question was that this is the answer to, and where to look it up. */
function likenessHeaders({ likeness }: Reply): Record<string, string> {
  if (!likeness) return {};
  return {
    'x-gatehouse-similarity': likeness.similarity.toFixed(3),
    'x-gatehouse-similarity-by': headerSafe(likeness.by),
    'x-gatehouse-source-request-id': likeness.requestId,
  };
}

/** What really ran by now: an answer in one piece was read as well, a stream is still to be. */
function guardsHeader({ guards }: Reply): Record<string, string> {
  const ran = guards?.();
  return ran === undefined ? {} : { 'x-gatehouse-guards': ran.length ? ran.join(', ') : 'none' };
}

/** The newest entry of the log about the call; an answer in one piece is complete by now. */
function auditHeader({ entryId }: Reply): Record<string, string> {
  const id = entryId?.();
  return id === undefined ? {} : { 'x-gatehouse-audit': id };
}

function costHeader({ cost }: Reply): Record<string, string> {
  const picos = cost?.();
  return picos === undefined ? {} : { 'x-gatehouse-cost-usd': usdText(picos) };
}

/** Field names come from the caller's body and may hold anything. */
function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1_000);
}
