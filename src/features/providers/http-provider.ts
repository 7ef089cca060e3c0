import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { Pool, type Dispatcher } from 'undici';
import type { Attempt } from '../../contract/attempt';
import { endOfTurn } from '../../contract/end-of-turn';
import { type ErrorCode, GatewayError } from '../../contract/errors';
import type { BatchedReply, BatchedRequest } from '../../contract/in-batch';
import type { Json, JsonObject } from '../../contract/json';
import { pieceOf, piecesOf } from '../../contract/pieces';
import type { Reply } from '../../contract/reply';
import type { Dialect } from '../../contract/wire';
import type { Codec, EncodedRequest, Target } from '../../dialects/codec';
import { withoutUntaken } from '../../dialects/untaken';
import type { ConfiguredProvider } from '../../platform/config/config';
import type { Secret } from '../../platform/secrets/secret';
import { type Exchange as BatchExchange, BatchHttp } from './batches/batch-http';
import type { ProviderBatches } from './batches/provider-batches';
import { collected } from './collected';
import { estimatedCount } from './estimated-count';
import { type Answer, exchange } from './exchange';
import { jsonPiece, ssePieces } from './pieces';
import { type Asked, Provider, type Reachability } from './provider';
import { rateLimits } from './rate-limits';
import { upstreamError } from './upstream-error';

export type HttpSettings = Exclude<ConfiguredProvider, { type: 'sandbox' }>;

/** How to speak to one kind of provider over HTTP. */
export interface HttpDialects {
  /** What it speaks, best first, and where. */
  readonly endpoints: readonly { readonly codec: Codec; readonly path: string }[];
  /** Headers that carry the key, and whatever else every request needs. */
  readonly headers: (key: Secret | undefined) => Record<string, string>;
  /** Where it takes many calls in one go; absent where it does not. */
  readonly batches?: (http: BatchHttp) => ProviderBatches;
}

const ERROR_BYTES = 64 * 1024;
const REACH_MS = 1_000;

/** Any provider that speaks known dialects over HTTP, on a keep-alive pool of its own. */
export class HttpProvider extends Provider {
  readonly name: string;
  override readonly batches: ProviderBatches | undefined;
  private readonly pool: Pool;
  private readonly origin: URL;
  /** What stands before every path. */
  private readonly base: string;

  constructor(
    private readonly settings: HttpSettings,
    private readonly dialects: HttpDialects,
  ) {
    super();
    this.name = settings.name;
    this.origin = new URL(settings.baseUrl);
    this.base = this.origin.pathname.replace(/\/$/, '');
    this.pool = new Pool(this.origin.origin, {
      connections: settings.connections,
      connect: { timeout: settings.connectMs },
      // the first-token, idle and total deadlines are watched per call; these only catch what escapes them
      headersTimeout: settings.totalMs + 1_000,
      bodyTimeout: settings.totalMs + 1_000,
      allowH2: false,
    });
    this.batches = settings.batches
      ? dialects.batches?.(new BatchHttp((request, signal) => this.batchExchange(request, signal)))
      : undefined;
  }

  override batched(attempt: Asked): BatchedRequest {
    const { path, body } = this.encode(attempt);
    return { path, body };
  }

  override async batchReply(attempt: Asked, reply: BatchedReply): Promise<Reply> {
    if (reply.kind === 'undone') throw undone(reply.why);
    const { codec, dropped, own } = this.encode(attempt);
    const bytes = Buffer.from(JSON.stringify(reply.body));
    if (reply.status !== 200)
      throw upstreamError({ dialect: codec.dialect, status: reply.status, headers: {}, body: bytes.toString() });
    return {
      provider: this.name,
      model: attempt.candidate.model,
      ...named(reply.requestId),
      attempts: 1,
      dropped,
      pieces: piecesOf([jsonPiece(bytes, codec, own)]),
    };
  }

  override async send(attempt: Attempt): Promise<Reply> {
    const { request, candidate } = attempt;
    if (
      request.operation === 'count_tokens' &&
      !this.dialects.endpoints.some(({ codec }) => codec.dialect === 'anthropic-count')
    )
      return {
        provider: this.name,
        model: candidate.model,
        attempts: 0,
        dropped: [],
        pieces: piecesOf([estimatedCount(request, candidate.model)]),
      };
    const { codec, path, body, headers, dropped, own } = this.encode(attempt);
    const response = await this.exchange(path, body, headers, attempt);
    await endOfTurn();
    const id = header(response, 'x-request-id') ?? header(response, 'request-id');
    if (response.statusCode !== 200) throw await this.failure(response, codec.dialect, attempt.signal);
    const quota = rateLimits(response.headers);
    const reply = {
      provider: this.name,
      model: candidate.model,
      ...named(id),
      attempts: 1,
      dropped,
      ...(quota ? { quota } : {}),
    };
    const streamed = header(response, 'content-type')?.startsWith('text/event-stream');
    const blame = (error: unknown) => transportError(error, attempt.signal);
    const pieces = streamed
      ? ssePieces(response.body, codec.streamDecoder(own), codec.dialect, blame)
      : pieceOf(async () => jsonPiece(await collected(response.body, blame), codec, own));
    return { ...reply, pieces };
  }

  override async reach(): Promise<Reachability> {
    const port = Number(this.origin.port || (this.origin.protocol === 'https:' ? 443 : 80));
    const host = this.origin.hostname.replace(/^\[|\]$/g, '');
    return new Promise((resolve) => {
      const socket = connect({ host, port, timeout: REACH_MS });
      const done = (reachable: boolean, detail?: string) => {
        socket.destroy();
        resolve({ reachable, detail });
      };
      socket.once('connect', () => done(true));
      socket.once('timeout', () => done(false, `no connection within ${REACH_MS} ms`));
      socket.once('error', (error: NodeJS.ErrnoException) => done(false, error.code ?? 'unreachable'));
    });
  }

  override async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** The caller's own dialect when the provider speaks it, else the first that can carry the request. */
  private encode({ request, wire, candidate }: Asked): {
    codec: Codec;
    path: string;
    body: Record<string, Json>;
    headers: Readonly<Record<string, string>>;
    dropped: readonly string[];
    own: JsonObject | undefined;
  } {
    const target: Target = candidate;
    const same = this.dialects.endpoints.find(({ codec }) => codec.dialect === wire.dialect);
    if (same) {
      const forwarded = same.codec.forwardRequest(wire.body, target, request);
      return { ...same, ...forwarded, headers: wire.headers, own: wire.body };
    }
    const { taken, untaken } = withoutUntaken(request, target);
    let refusal: unknown;
    for (const endpoint of this.dialects.endpoints.filter(({ codec }) => serves(codec.dialect, request.operation)))
      try {
        const encoded: EncodedRequest = endpoint.codec.encodeRequest(taken, target);
        return {
          ...endpoint,
          ...encoded,
          dropped: [...encoded.dropped, ...untaken],
          headers: encoded.headers ?? {},
          own: undefined,
        };
      } catch (error) {
        refusal ??= error;
      }
    throw (
      refusal ??
      new GatewayError('invalid_request', `The provider '${this.name}' does not do ${request.operation}`, {
        param: 'model',
      })
    );
  }

  private async exchange(
    path: string,
    body: Record<string, Json>,
    headers: Readonly<Record<string, string>>,
    { key, signal, name, trace }: Attempt,
  ): Promise<Answer> {
    const { apiKeys } = this.settings;
    const place = key?.index ?? 0;
    const apiKey = (key?.former && apiKeys.former(place)) ?? apiKeys.at(place) ?? apiKeys.former(place);
    const text = JSON.stringify(body);
    try {
      const sent = {
        ...headers,
        'content-type': 'application/json',
        ...(trace && { traceparent: trace.traceparent }),
        ...(name !== undefined && { 'idempotency-key': sentOnce(name, text) }),
        ...this.dialects.headers(apiKey),
      };
      return await exchange(this.pool, { path: this.base + path, method: 'POST', headers: sent, body: text }, signal);
    } catch (error) {
      throw transportError(error, signal);
    }
  }

  /** With the first of its keys: a batch belongs to whoever handed it in. */
  private async batchExchange(
    { headers, ...request }: Parameters<BatchExchange>[0],
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    let response: Dispatcher.ResponseData;
    try {
      response = await this.pool.request({
        ...request,
        path: this.base + request.path,
        headers: { ...headers, ...this.dialects.headers(this.settings.apiKeys.at(0)) },
        signal,
      });
    } catch (error) {
      throw transportError(error, signal);
    }
    if (response.statusCode >= 200 && response.statusCode < 300) return response;
    const [first] = this.dialects.endpoints;
    throw await this.failure(response, first?.codec.dialect ?? 'openai-chat', signal);
  }

  private async failure(
    response: Pick<Answer, 'statusCode' | 'headers'> & { readonly body: AsyncIterable<Buffer> },
    dialect: Dialect,
    signal: AbortSignal,
  ): Promise<GatewayError> {
    let body = '';
    try {
      for await (const chunk of response.body) {
        body += chunk.toString('utf8');
        if (body.length > ERROR_BYTES) break;
      }
    } catch (error) {
      if (signal.aborted) return transportError(error, signal);
    }
    return upstreamError({ dialect, status: response.statusCode, headers: response.headers, body });
  }
}

function serves(dialect: Dialect, operation: string): boolean {
  if (dialect === 'openai-embeddings') return operation === 'embeddings';
  if (dialect === 'anthropic-count') return operation === 'count_tokens';
  return operation === 'chat';
}

/** The provider's own id of the exchange, where it looks like one. */
function named(id: string | undefined): Pick<Reply, 'providerRequestId'> {
  return id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? { providerRequestId: id } : {};
}

const UNDONE: Record<Extract<BatchedReply, { kind: 'undone' }>['why'], [ErrorCode, string]> = {
  cancelled: ['client_closed', 'The batch was cancelled before the provider came to this line'],
  expired: ['deadline_exceeded', 'The provider did not come to this line in time'],
  failed: ['provider_failed', 'The provider did not do this line'],
};

/** Nobody was asked: nothing is paid. */
function undone(why: keyof typeof UNDONE): GatewayError {
  const [code, message] = UNDONE[why];
  return new GatewayError(code, message, { attempts: 0 });
}

/** What a provider may know a repeated request by. Another body is another request, whatever the call is named. */
function sentOnce(name: string, body: string): string {
  return createHash('sha256').update(`${name}\n${body}`).digest('base64url');
}

function transportError(error: unknown, signal: AbortSignal): GatewayError {
  if (error instanceof GatewayError) return error;
  if (signal.aborted)
    return signal.reason instanceof GatewayError
      ? signal.reason
      : new GatewayError('client_closed', 'The caller went away', { cause: error });
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return new GatewayError('provider_failed', 'The provider did not accept a connection in time', { cause: error });
  const what =
    code === undefined || /^UND_ERR_(SOCKET|RES)|ECONNRESET|EPIPE/.test(code)
      ? 'broke the connection'
      : 'cannot be reached';
  return new GatewayError('provider_failed', `The provider ${what}`, { cause: error });
}

function header(response: Answer, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
