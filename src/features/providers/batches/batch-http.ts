import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { GatewayError } from '../../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { linesOf } from '../../../contract/json-lines';

/** Asks the provider, with its key: resolves when the head of the answer is there. @throws GatewayError */
export type Exchange = (
  request: Pick<Dispatcher.RequestOptions, 'method' | 'path' | 'body'> & { headers?: Record<string, string> },
  signal: AbortSignal,
) => Promise<Dispatcher.ResponseData>;

/** A question about a batch; and a file of one. */
const ASK_MS = 30_000;
const FILE_MS = 900_000;
const ANSWER_BYTES = 8_388_608;

/** What is asked of a provider about its batches: small questions, and files that are never in memory as a whole. */
export class BatchHttp {
  /**
   * @param exchange rejects with what a status other than 2xx means
   * @param own headers that everything is asked with
   */
  constructor(
    private readonly exchange: Exchange,
    private readonly own: Readonly<Record<string, string>> = {},
  ) {}

  /** The same, with these headers. */
  with(own: Readonly<Record<string, string>>): BatchHttp {
    return new BatchHttp(this.exchange, own);
  }

  async get(path: string, signal: AbortSignal): Promise<JsonObject> {
    return this.json({ method: 'GET', path }, signal);
  }

  /** @param name the same whenever the same is asked again, for providers that know repeated requests by it */
  async post(path: string, body: JsonObject, signal: AbortSignal, name?: string): Promise<JsonObject> {
    const headers = { 'content-type': 'application/json', ...(name !== undefined && { 'idempotency-key': name }) };
    return this.json({ method: 'POST', path, body: JSON.stringify(body), headers }, signal);
  }

  /** @param chunks are sent as they come */
  async send(
    path: string,
    contentType: string,
    chunks: AsyncIterable<Buffer>,
    signal: AbortSignal,
    name: string,
  ): Promise<JsonObject> {
    const headers = { 'content-type': contentType, 'idempotency-key': name };
    const body = Readable.from(chunks, { objectMode: false });
    return this.json({ method: 'POST', path, body, headers }, signal, FILE_MS);
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    await this.json({ method: 'DELETE', path }, signal);
  }

  /** The lines of a file, each a JSON object; those that are none, or longer than that, are left out. */
  async *lines(path: string, maxBytes: number, signal: AbortSignal): AsyncGenerator<JsonObject, void> {
    const response = await this.ask({ method: 'GET', path }, signal, FILE_MS);
    for await (const { bytes } of linesOf(response.body, maxBytes)) {
      const line = bytes && parsed(bytes.toString());
      if (line) yield line;
    }
  }

  private async json(request: Parameters<Exchange>[0], signal: AbortSignal, ms = ASK_MS): Promise<JsonObject> {
    const response = await this.ask(request, signal, ms);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      chunks.push(chunk as Buffer);
      if ((size += (chunk as Buffer).length) > ANSWER_BYTES) throw senseless();
    }
    const json = parsed(Buffer.concat(chunks).toString());
    if (!json) throw senseless();
    return json;
  }

  private ask(request: Parameters<Exchange>[0], signal: AbortSignal, ms: number): ReturnType<Exchange> {
    return this.exchange({ ...request, headers: { ...this.own, ...request.headers } }, within(signal, ms));
  }
}

function within(signal: AbortSignal, ms: number): AbortSignal {
  const late = new GatewayError('deadline_exceeded', 'The provider did not answer in time');
  const timer = new AbortController();
  setTimeout(() => timer.abort(late), ms).unref();
  return AbortSignal.any([signal, timer.signal]);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const json = JSON.parse(text) as Json;
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

export function senseless(): GatewayError {
  return new GatewayError('provider_failed', 'The provider said something about a batch that makes no sense');
}
