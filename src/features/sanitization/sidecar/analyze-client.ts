import { Pool, type Dispatcher } from 'undici';
import type { LiveSecret } from '../../../platform/secrets/live-secret';
import { DetectorUnavailable } from './detector-unavailable';

const HEALTH_MS = 1_000;
const HEALTH_BYTES = 65_536;
const KEEP_ALIVE_MS = 10_000;
/** Statuses with which a server, or a proxy before it, says that it is away for now. */
const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** A connection that ended as it was used: the server had closed it meanwhile, as servers do with idle ones. */
const ENDED: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

export interface ClientSettings {
  /** http or https; a path is kept. */
  readonly url: string;
  /** Sent as a bearer token, and read anew for every request. */
  readonly apiKey?: LiveSecret | undefined;
  readonly connections: number;
  readonly timeoutMs: number;
}

/** Speaks HTTP to one sidecar, over connections that stay open. Follows no redirection, which could carry a text away. */
export class AnalyzeClient {
  private readonly pool: Pool;
  private readonly path: string;

  constructor(private readonly settings: ClientSettings) {
    const { origin, pathname } = new URL(settings.url);
    this.path = pathname.replace(/\/$/, '');
    this.pool = new Pool(origin, {
      connections: settings.connections,
      connect: { timeout: settings.timeoutMs },
      keepAliveTimeout: KEEP_ALIVE_MS,
      // every request has a deadline of its own; these only catch what escapes it
      headersTimeout: settings.timeoutMs + 1_000,
      bodyTimeout: settings.timeoutMs + 1_000,
      allowH2: false,
    });
  }

  /**
   * Asks once, and once more when the connection ended under way.
   * @param question JSON
   * @param maxBytes of an answer
   * @returns what its JSON says
   * @throws DetectorUnavailable
   * @throws the reason of `signal` once it is aborted
   */
  async analyze(question: string, maxBytes: number, signal: AbortSignal): Promise<unknown> {
    for (let last = false; ; last = true)
      try {
        return await this.ask(question, maxBytes, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof DetectorUnavailable) throw error;
        const { code } = error as NodeJS.ErrnoException;
        if (last || !ENDED.has(code))
          throw new DetectorUnavailable('unreachable', `the detector cannot be reached (${code ?? 'no answer'})`);
      }
  }

  async check(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(HEALTH_MS);
      const path = `${this.path}/health`;
      const response = await this.pool.request({ path, method: 'GET', headers: this.headers(), signal });
      await response.body.dump({ limit: HEALTH_BYTES, signal });
      return response.statusCode === 200;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async ask(body: string, maxBytes: number, signal: AbortSignal): Promise<unknown> {
    const path = `${this.path}/analyze`;
    const headers = { 'content-type': 'application/json', ...this.headers() };
    const response = await this.pool.request({ path, method: 'POST', headers, body, signal });
    const refusal = refusalOf(response);
    if (refusal) {
      response.body.on('error', () => undefined).destroy();
      throw refusal;
    }
    return parsed(await bounded(response, maxBytes));
  }

  private headers(): Record<string, string> {
    const { apiKey } = this.settings;
    return { accept: 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey.current.reveal()}` } : {}) };
  }
}

function refusalOf({ statusCode, headers }: Dispatcher.ResponseData): DetectorUnavailable | undefined {
  if (statusCode !== 200)
    return new DetectorUnavailable(
      AWAY.has(statusCode) ? 'unreachable' : 'refused',
      `the detector answered ${statusCode}`,
    );
  const { 'content-type': type, 'content-encoding': encoding } = headers;
  if (typeof type !== 'string' || !/^application\/json *(;|$)/i.test(type)) return garbage('is not JSON');
  return encoding === undefined || encoding === 'identity' ? undefined : garbage('is compressed');
}

async function bounded({ body }: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) throw garbage(`is larger than ${maxBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Python writes NaN and Infinity, which are no JSON. What the parser says repeats the text, so it goes no further. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw garbage('is not JSON');
  }
}

function garbage(what: string): DetectorUnavailable {
  return new DetectorUnavailable('garbage', `the detector's answer ${what}`);
}
