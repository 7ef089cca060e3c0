import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

/** What becomes of a line: an answer, an error of that status and type, or nothing before the time is over. */
export type Fate = 'answer' | 'expire' | { readonly status: number; readonly type: string };

interface Line {
  readonly name: string;
  readonly body: Fields;
  done: boolean;
}
interface Batch {
  readonly id: string;
  readonly vendor: 'openai' | 'anthropic';
  readonly createdAt: number;
  readonly lines: readonly Line[];
  readonly metadata: Fields;
  readonly input?: string;
  status: 'in_progress' | 'ended' | 'cancelled' | 'failed';
  cancelled: boolean;
  files: { output?: string; errors?: string };
}

/** Both vendors' batch APIs over real HTTP, with books of what they charge. It works when it is told to. */
export class BatchVendors {
  readonly batches = new Map<string, Batch>();
  readonly files = new Map<string, { readonly name: string; readonly text: string; readonly at: number }>();
  /** How often each line was worked on, by its text. */
  readonly charged = new Map<string, number>();
  /** `POST /v1/batches` and the like, in order. */
  readonly asked: string[] = [];
  /** Calls of their own. */
  readonly singles: Fields[] = [];
  fate: (text: string) => Fate = () => 'answer';
  /** Batches are worked off as soon as they are there. */
  diligent = true;
  /** Batches are refused as a whole. */
  refuses: 'creating' | 'validating' | undefined;
  /** A request of this kind is carried out, and never answered. */
  stalls: RegExp | undefined;
  stalled = 0;
  private n = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => void this.serve(request, Buffer.concat(chunks), response));
      request.on('error', () => undefined);
    });
  }

  static async start(): Promise<BatchVendors> {
    const vendors = new BatchVendors();
    vendors.server.listen(0, '127.0.0.1');
    await once(vendors.server, 'listening');
    return vendors;
  }

  get env(): Record<string, string> {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      OPENAI_API_KEY: 'sk-openai',
      OPENAI_BASE_URL: `${url}/v1`,
      ANTHROPIC_API_KEY: 'sk-anthropic',
      ANTHROPIC_BASE_URL: url,
    };
  }

  /** Everything that was handed in, as text. */
  get seen(): string {
    return JSON.stringify([...this.batches.values()].map(({ lines }) => lines));
  }

  forget(): void {
    for (const all of [this.batches, this.files, this.charged]) all.clear();
    this.asked.length = this.singles.length = this.stalled = 0;
    [this.fate, this.diligent, this.refuses, this.stalls] = [() => 'answer', true, undefined, undefined];
  }

  /** Works off what is there. @param most lines of each batch; it goes on then */
  work(most = Infinity): void {
    for (const batch of this.batches.values()) {
      if (batch.status !== 'in_progress') continue;
      for (const line of batch.lines.slice(0, most)) this.do(line);
      if (most === Infinity) this.end(batch, 'ended');
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private do(line: Line): void {
    if (line.done || this.fate(textOf(line.body)) === 'expire') return;
    line.done = true;
    if (this.fate(textOf(line.body)) === 'answer') this.charge(line.body);
  }

  private charge(body: Fields): void {
    const text = textOf(body);
    this.charged.set(text, (this.charged.get(text) ?? 0) + 1);
  }

  private end(batch: Batch, status: Batch['status']): void {
    batch.status = status;
    if (batch.vendor === 'anthropic') return;
    const results = batch.lines.map((line) => ({ line, result: this.openAiResult(line, status) }));
    const put = (wanted: boolean) => {
      const lines = results.filter(({ result }) => (result.response?.status_code === 200) === wanted);
      return lines.length ? this.keep('made.jsonl', lines.map(({ result }) => JSON.stringify(result)).join('\n')) : '';
    };
    // in whatever order
    results.reverse();
    const [output, errors] = [put(true), put(false)];
    batch.files = { ...(output && { output }), ...(errors && { errors }) };
  }

  private openAiResult({ name, body, done }: Line, status: Batch['status']) {
    const base = { id: `batch_req_${++this.n}`, custom_id: name };
    const error = { code: status === 'cancelled' ? 'batch_cancelled' : 'batch_expired', message: 'not done' };
    if (!done) return { ...base, response: null, error };
    const fate = this.fate(textOf(body));
    const [code, said] =
      typeof fate === 'object'
        ? [fate.status, { error: { message: 'no', type: fate.type, code: null, param: null } }]
        : [200, chat(body)];
    return { ...base, response: { status_code: code, request_id: `req_${this.n}`, body: said }, error: null };
  }

  private keep(name: string, text: string): string {
    const id = `file-${++this.n}`;
    this.files.set(id, { name, text, at: Date.now() });
    return id;
  }

  private async serve(request: IncomingMessage, raw: Buffer, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const [path = ''] = url.split('?');
    this.asked.push(`${method} ${path}`);
    const answer = await this.answer(method, path, request, raw).catch((error: unknown) => ({ crash: String(error) }));
    if (this.stalls?.test(`${method} ${path}`)) {
      this.stalled++;
      return;
    }
    if (typeof answer === 'string') return void response.writeHead(200).end(answer);
    const { status = 200, ...body } = (answer ?? { status: 404, error: { message: 'not there' } }) as Fields;
    response.writeHead(typeof status === 'number' ? status : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(typeof status === 'number' ? body : { status, ...body }));
  }

  private async answer(
    method: string,
    path: string,
    request: IncomingMessage,
    raw: Buffer,
  ): Promise<Fields | string | undefined> {
    const [, , what, id = '', more] = path.split('/');
    if (path.startsWith('/v1/messages/batches')) return this.anthropic(method, path.split('/').slice(4), raw);
    if (what === 'files' && method === 'POST') {
      const form = await new Response(raw, {
        headers: { 'content-type': request.headers['content-type'] ?? '' },
      }).formData();
      const file = form.get('file') as File;
      const kept = this.keep(file.name, await file.text());
      return { id: kept, object: 'file', filename: file.name, created_at: seconds() };
    }
    if (what === 'files' && !id)
      return {
        data: [...this.files]
          .map(([key, { name, at }]) => ({ id: key, filename: name, created_at: at / 1_000 }))
          .reverse(),
        has_more: false,
      };
    if (what === 'files' && method === 'DELETE') return this.files.delete(id) ? { id, deleted: true } : undefined;
    if (what === 'files') return more === 'content' ? this.files.get(id)?.text : undefined;
    if (what === 'batches') return this.openai(method, id, more, raw);
    const body = JSON.parse(raw.toString() || '{}') as Fields;
    this.singles.push(body);
    return path === '/v1/messages' ? message(body) : chat(body);
  }

  private openai(method: string, id: string, more: string | undefined, raw: Buffer): Fields | undefined {
    if (method === 'POST' && !id) {
      if (this.refuses === 'creating')
        return { status: 400, error: { message: 'no batches today', type: 'invalid_request_error' } };
      const { input_file_id: input, metadata = {} } = JSON.parse(raw.toString()) as Fields;
      const lines = (this.files.get(input as string)?.text ?? '').trim().split('\n');
      const made = lines.map((line) => JSON.parse(line) as Fields);
      return openAiView(
        this.open(
          'openai',
          made.map(({ custom_id: name, body }) => ({ name, body })),
          metadata,
          input,
        ),
      );
    }
    if (!id) return { data: [...this.batches.values()].filter(isOpenAi).reverse().map(openAiView), has_more: false };
    const batch = this.batches.get(id);
    if (more === 'cancel' && batch) this.cancel(batch);
    return batch && openAiView(batch);
  }

  private anthropic(method: string, [id = '', more]: readonly string[], raw: Buffer): Fields | string | undefined {
    if (method === 'POST' && !id) {
      const { requests } = JSON.parse(raw.toString()) as { requests: Fields[] };
      return anthropicView(
        this.open(
          'anthropic',
          requests.map(({ custom_id: name, params: body }) => ({ name, body })),
          {},
        ),
      );
    }
    if (!id) {
      const mine = [...this.batches.values()].filter((one) => !isOpenAi(one));
      return { data: mine.reverse().map(anthropicView), has_more: false };
    }
    const batch = this.batches.get(id);
    if (!batch) return undefined;
    if (method === 'DELETE') return this.batches.delete(id) ? { id, type: 'message_batch_deleted' } : undefined;
    if (more === 'results')
      return batch.lines.map((line) => JSON.stringify(this.anthropicResult(line, batch))).join('\n');
    if (more === 'cancel') this.cancel(batch);
    return anthropicView(batch);
  }

  private anthropicResult({ name, body, done }: Line, { cancelled }: Batch): Fields {
    const fate = this.fate(textOf(body));
    if (!done) return { custom_id: name, result: { type: cancelled ? 'canceled' : 'expired' } };
    if (typeof fate !== 'object') return { custom_id: name, result: { type: 'succeeded', message: message(body) } };
    const error = { type: 'error', error: { type: fate.type, message: 'no' } };
    return { custom_id: name, result: { type: 'errored', error } };
  }

  private open(
    vendor: Batch['vendor'],
    lines: { name: string; body: Fields }[],
    metadata: Fields,
    input?: string,
  ): Batch {
    const id = `${vendor === 'openai' ? 'batch' : 'msgbatch'}_${++this.n}`;
    const batch: Batch = {
      id,
      vendor,
      createdAt: Date.now(),
      lines: lines.map((line) => ({ ...line, done: false })),
      metadata,
      ...(input !== undefined && { input }),
      status: this.refuses === 'validating' ? 'failed' : 'in_progress',
      cancelled: false,
      files: {},
    };
    this.batches.set(id, batch);
    if (this.diligent) this.work();
    return batch;
  }

  private cancel(batch: Batch): void {
    if (batch.status !== 'in_progress') return;
    batch.cancelled = true;
    // it takes a moment
    setTimeout(() => this.end(batch, 'cancelled'), 300);
  }
}

const isOpenAi = ({ vendor }: Batch) => vendor === 'openai';
const seconds = () => Date.now() / 1_000;

function openAiView({ id, status, lines, metadata, createdAt, files, input, cancelled }: Batch): Fields {
  const done = lines.filter((line) => line.done).length;
  const said = status === 'ended' ? (done < lines.length ? 'expired' : 'completed') : status;
  return {
    id,
    object: 'batch',
    created_at: createdAt / 1_000,
    status: cancelled && status === 'in_progress' ? 'cancelling' : said,
    input_file_id: input,
    output_file_id: files.output ?? null,
    error_file_id: files.errors ?? null,
    request_counts: { total: lines.length, completed: done, failed: 0 },
    metadata,
  };
}

function anthropicView({ id, status, lines, createdAt, cancelled }: Batch): Fields {
  const done = lines.filter((line) => line.done).length;
  const isOver = status !== 'in_progress';
  return {
    id,
    type: 'message_batch',
    created_at: new Date(createdAt).toISOString(),
    processing_status: isOver ? 'ended' : cancelled ? 'canceling' : 'in_progress',
    request_counts: {
      processing: isOver ? 0 : lines.length - done,
      succeeded: done,
      errored: 0,
      canceled: isOver && cancelled ? lines.length - done : 0,
      expired: isOver && !cancelled ? lines.length - done : 0,
    },
  };
}

/** The last thing that was said. */
function textOf({ messages, input }: Fields): string {
  if (!Array.isArray(messages)) return String(input);
  const { content } = messages.at(-1) as { content: string | { text: string }[] };
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function chat(body: Fields): Fields {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: body['model'],
    choices: [
      { index: 0, message: { role: 'assistant', content: `You said: ${textOf(body)}` }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  };
}

function message(body: Fields): Fields {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [{ type: 'text', text: `You said: ${textOf(body)}` }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 7 },
  };
}
