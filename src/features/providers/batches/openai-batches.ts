import { randomBytes } from 'node:crypto';
import { GatewayError } from '../../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { type BatchHttp, senseless } from './batch-http';
import type { Found, ProviderBatches, RemoteDraft, RemoteLine, RemoteResult, RemoteState } from './provider-batches';

/** The only time that it grants. */
const WINDOW = '24h';
/** Under which a batch of ours is known. */
const LABEL = 'gatehouse_batch';
const PAGE = 100;
const MOST_PAGES = 100;
/** Clocks differ. */
const SKEW_SECONDS = 300;
const ENDED = new Set(['completed', 'failed', 'expired', 'cancelled']);

/** OpenAI's Batch API: a file of calls goes there, and files of what came of them come back. */
export class OpenAiBatches implements ProviderBatches {
  readonly dialects = ['openai-chat', 'openai-responses', 'openai-embeddings'] as const;

  constructor(private readonly http: BatchHttp) {}

  async find({ name, since }: RemoteDraft, _others: ReadonlySet<string>, signal: AbortSignal): Promise<Found> {
    const oldest = since.getTime() / 1_000 - SKEW_SECONDS;
    for await (const batch of this.pages(`/v1/batches?limit=${PAGE}`, signal)) {
      if (numberOf(batch['created_at']) < oldest) break;
      const { metadata } = batch;
      if (isObject(metadata) && metadata[LABEL] === name) return { kind: 'found', id: idOf(batch) };
    }
    return { kind: 'none' };
  }

  async submit(draft: RemoteDraft, lines: AsyncIterable<RemoteLine>, signal: AbortSignal): Promise<string> {
    const { name } = draft;
    const source = lines[Symbol.asyncIterator]();
    const first = await source.next();
    if (first.done) throw new Error('a batch has lines');
    const file = (await this.fileOf(draft, signal)) ?? (await this.upload(name, first.value, source, signal));
    await source.return?.();
    const batch = await this.http.post(
      '/v1/batches',
      {
        input_file_id: file,
        endpoint: first.value.request.path,
        completion_window: WINDOW,
        metadata: { [LABEL]: name },
      },
      signal,
      name,
    );
    return idOf(batch);
  }

  async state(id: string, signal: AbortSignal): Promise<RemoteState> {
    const batch = await this.http.get(pathOf(id), signal);
    const status = textOf(batch['status']) ?? '';
    const counts = isObject(batch['request_counts']) ? batch['request_counts'] : {};
    return {
      status,
      ended: ENDED.has(status),
      refused: status === 'failed',
      counts: { completed: numberOf(counts['completed']), failed: numberOf(counts['failed']) },
    };
  }

  async cancel(id: string, signal: AbortSignal): Promise<void> {
    await this.http.post(`${pathOf(id)}/cancel`, {}, signal);
  }

  async *results(id: string, maxLineBytes: number, signal: AbortSignal): AsyncGenerator<RemoteResult, void> {
    const batch = await this.http.get(pathOf(id), signal);
    for (const field of ['output_file_id', 'error_file_id'] as const) {
      const file = textOf(batch[field]);
      if (file === undefined) continue;
      for await (const line of this.http.lines(`/v1/files/${safe(file)}/content`, maxLineBytes, signal)) {
        const result = resultOf(line);
        if (result) yield result;
      }
    }
  }

  /** Its files; the batch itself holds no content. */
  async forget(id: string, signal: AbortSignal): Promise<void> {
    const batch = await this.http.get(pathOf(id), signal);
    for (const field of ['input_file_id', 'output_file_id', 'error_file_id'] as const) {
      const file = textOf(batch[field]);
      if (file === undefined) continue;
      await this.http.remove(`/v1/files/${safe(file)}`, signal).catch((error: unknown) => {
        if (GatewayError.from(error).status !== 404) throw error;
      });
    }
  }

  /** One that was uploaded by somebody who did not live to use it. */
  private async fileOf({ name, since }: RemoteDraft, signal: AbortSignal): Promise<string | undefined> {
    const oldest = since.getTime() / 1_000 - SKEW_SECONDS;
    for await (const file of this.pages(`/v1/files?purpose=batch&order=desc&limit=${PAGE}`, signal)) {
      if (numberOf(file['created_at']) < oldest) break;
      if (file['filename'] === fileName(name) && file['status'] !== 'error') return idOf(file);
    }
    return undefined;
  }

  private async upload(
    name: string,
    first: RemoteLine,
    rest: AsyncIterator<RemoteLine>,
    signal: AbortSignal,
  ): Promise<string> {
    const boundary = randomBytes(16).toString('hex');
    const form = formOf(boundary, fileName(name), first, rest);
    return idOf(await this.http.send('/v1/files', `multipart/form-data; boundary=${boundary}`, form, signal, name));
  }

  /** Newest first. */
  private async *pages(path: string, signal: AbortSignal): AsyncGenerator<JsonObject, void> {
    let after = '';
    for (let page = 0; page < MOST_PAGES; page++) {
      const { data, has_more: more } = await this.http.get(path + after, signal);
      const rows = Array.isArray(data) ? data.filter(isObject) : [];
      yield* rows;
      const last = rows.at(-1);
      if (more !== true || !last) return;
      after = `&after=${safe(idOf(last))}`;
    }
  }
}

async function* formOf(
  boundary: string,
  name: string,
  first: RemoteLine,
  rest: AsyncIterator<RemoteLine>,
): AsyncGenerator<Buffer, void> {
  const field = (of: string) => `--${boundary}\r\ncontent-disposition: form-data; name="${of}"`;
  yield Buffer.from(`${field('purpose')}\r\n\r\nbatch\r\n`);
  yield Buffer.from(`${field('file')}; filename="${name}"\r\ncontent-type: application/jsonl\r\n\r\n`);
  for (let line: RemoteLine | undefined = first; line;) {
    const { name: custom_id, request } = line;
    yield Buffer.from(`${JSON.stringify({ custom_id, method: 'POST', url: request.path, body: request.body })}\n`);
    const next = await rest.next();
    line = next.done ? undefined : next.value;
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

function resultOf({ custom_id: id, response, error }: JsonObject): RemoteResult | undefined {
  const name = textOf(id);
  if (name === undefined) return undefined;
  if (isObject(response)) {
    const requestId = textOf(response['request_id']);
    const { status_code: status, body = null } = response;
    const found = { kind: 'replied', status: numberOf(status), body, ...(requestId !== undefined && { requestId }) };
    return { name, reply: found as RemoteResult['reply'] };
  }
  const code = isObject(error) ? error['code'] : undefined;
  const why = code === 'batch_expired' ? 'expired' : code === 'batch_cancelled' ? 'cancelled' : 'failed';
  return { name, reply: { kind: 'undone', why } };
}

const pathOf = (id: string) => `/v1/batches/${safe(id)}`;
const fileName = (name: string) => `${name}.jsonl`;
const textOf = (value: Json | undefined) => (typeof value === 'string' && value ? value : undefined);
const numberOf = (value: Json | undefined) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

function idOf(of: JsonObject): string {
  const id = textOf(of['id']);
  if (id === undefined || id.length > 200) throw senseless();
  return id;
}

function safe(id: string): string {
  return encodeURIComponent(id);
}
