import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { type BatchHttp, senseless } from './batch-http';
import type { Found, ProviderBatches, RemoteDraft, RemoteLine, RemoteResult, RemoteState } from './provider-batches';

const PATH = '/v1/messages/batches';
const PAGE = 100;
const MOST_PAGES = 100;
/** Clocks differ. */
const SKEW_MS = 300_000;
/** What it says of a line that failed has a type and no status. */
const STATUS: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** Anthropic's Message Batches: the calls go there in one body, and a file of what came of them comes back. */
export class AnthropicBatches implements ProviderBatches {
  readonly dialects = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;

  constructor(private readonly http: BatchHttp) {}

  /**
   * A batch there has no name of its own. One of the right time and size may be the one; whether it is, the names of its lines say
   * once it has ended.
   */
  async find(draft: RemoteDraft, others: ReadonlySet<string>, signal: AbortSignal): Promise<Found> {
    let isUnsure = false;
    for await (const batch of this.pages(signal)) {
      if (Date.parse(textOf(batch['created_at']) ?? '') < draft.since.getTime() - SKEW_MS) break;
      const id = idOf(batch);
      if (others.has(id) || sizeOf(batch) !== draft.total) continue;
      if (batch['processing_status'] !== 'ended') isUnsure = true;
      else if (await this.isOf(id, draft, signal)) return { kind: 'found', id };
    }
    return { kind: isUnsure ? 'unsure' : 'none' };
  }

  async submit({ name }: RemoteDraft, lines: AsyncIterable<RemoteLine>, signal: AbortSignal): Promise<string> {
    return idOf(await this.http.send(PATH, 'application/json', bodyOf(lines), signal, name));
  }

  async state(id: string, signal: AbortSignal): Promise<RemoteState> {
    const batch = await this.http.get(pathOf(id), signal);
    const status = textOf(batch['processing_status']) ?? '';
    const counts = countsOf(batch);
    return {
      status,
      ended: status === 'ended',
      refused: false,
      counts: { completed: counts('succeeded'), failed: counts('errored') },
    };
  }

  async cancel(id: string, signal: AbortSignal): Promise<void> {
    await this.http.post(`${pathOf(id)}/cancel`, {}, signal);
  }

  async *results(id: string, maxLineBytes: number, signal: AbortSignal): AsyncGenerator<RemoteResult, void> {
    for await (const line of this.http.lines(`${pathOf(id)}/results`, maxLineBytes, signal)) {
      const found = resultOf(line);
      if (found) yield found;
    }
  }

  async forget(id: string, signal: AbortSignal): Promise<void> {
    await this.http.remove(pathOf(id), signal);
  }

  private async isOf(id: string, { name }: RemoteDraft, signal: AbortSignal): Promise<boolean> {
    for await (const line of this.http.lines(`${pathOf(id)}/results`, Infinity, signal))
      return textOf(line['custom_id'])?.startsWith(`${name}-`) ?? false;
    return false;
  }

  /** Newest first. */
  private async *pages(signal: AbortSignal): AsyncGenerator<JsonObject, void> {
    let after = '';
    for (let page = 0; page < MOST_PAGES; page++) {
      const { data, has_more: more } = await this.http.get(`${PATH}?limit=${PAGE}${after}`, signal);
      const rows = Array.isArray(data) ? data.filter(isObject) : [];
      yield* rows;
      const last = rows.at(-1);
      if (more !== true || !last) return;
      after = `&after_id=${encodeURIComponent(idOf(last))}`;
    }
  }
}

async function* bodyOf(lines: AsyncIterable<RemoteLine>): AsyncGenerator<Buffer, void> {
  let before = '{"requests":[';
  for await (const { name, request } of lines) {
    yield Buffer.from(`${before}${JSON.stringify({ custom_id: name, params: request.body })}`);
    before = ',';
  }
  yield Buffer.from(']}');
}

function resultOf({ custom_id: id, result }: JsonObject): RemoteResult | undefined {
  const name = textOf(id);
  if (name === undefined || !isObject(result)) return undefined;
  switch (result['type']) {
    case 'succeeded':
      return { name, reply: { kind: 'replied', status: 200, body: result['message'] ?? null } };
    case 'errored': {
      const { error = null } = result;
      const inner = isObject(error) && isObject(error['error']) ? error['error'] : error;
      const type = isObject(inner) ? (textOf(inner['type']) ?? '') : '';
      return { name, reply: { kind: 'replied', status: STATUS[type] ?? 500, body: error } };
    }
    case 'expired':
      return { name, reply: { kind: 'undone', why: 'expired' } };
    default:
      return { name, reply: { kind: 'undone', why: result['type'] === 'canceled' ? 'cancelled' : 'failed' } };
  }
}

function countsOf(batch: JsonObject): (of: string) => number {
  const counts = isObject(batch['request_counts']) ? batch['request_counts'] : {};
  return (of) => {
    const count = counts[of];
    return typeof count === 'number' && Number.isFinite(count) ? count : 0;
  };
}

function sizeOf(batch: JsonObject): number {
  const counts = countsOf(batch);
  return ['processing', 'succeeded', 'errored', 'canceled', 'expired'].reduce((sum, of) => sum + counts(of), 0);
}

const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;
const textOf = (value: Json | undefined) => (typeof value === 'string' && value ? value : undefined);

function idOf(of: JsonObject): string {
  const id = textOf(of['id']);
  if (id === undefined || id.length > 200) throw senseless();
  return id;
}
