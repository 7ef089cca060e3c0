import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived, and what became of it. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  readonly body: Record<string, unknown>;
  readonly response: ServerResponse;
  /** Aborted when the gateway goes away before the answer is complete. */
  readonly signal: AbortSignal;
}

/** How an exchange is answered. What it throws after the gateway went away is nobody's concern. */
export type Script = (exchange: Exchange) => Promise<void> | void;

/** A provider over real HTTP that does what the test tells it. */
export class Upstream {
  readonly exchanges: Exchange[] = [];
  /** Exchanges that are under way. */
  open = 0;
  /** Exchanges that the gateway ended before they were complete. */
  aborted = 0;
  private script: Script = ({ response }) => void response.writeHead(500).end();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        void this.serve({ method, path, headers, raw: Buffer.concat(chunks), response });
      });
      request.on('error', () => undefined);
    });
    this.server.keepAliveTimeout = 60_000;
  }

  static async start(): Promise<Upstream> {
    const upstream = new Upstream();
    upstream.server.listen(0, '127.0.0.1');
    await once(upstream.server, 'listening');
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The environment of a gateway that takes this for both vendors. */
  get env(): Record<string, string> {
    return {
      OPENAI_API_KEY: 'sk-openai',
      OPENAI_BASE_URL: `${this.url}/v1`,
      ANTHROPIC_API_KEY: 'sk-anthropic',
      ANTHROPIC_BASE_URL: this.url,
    };
  }

  get last(): Exchange {
    const last = this.exchanges.at(-1);
    if (!last) throw new Error('nobody asked the upstream');
    return last;
  }

  /** From now on exchanges are answered like this, and counted from nothing. */
  answers(script: Script): void {
    this.script = script;
    this.exchanges.length = 0;
    this.aborted = 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: Pick<Exchange, 'method' | 'path' | 'headers' | 'raw' | 'response'>): Promise<void> {
    const gone = new AbortController();
    const body = JSON.parse(request.raw.toString() || '{}') as Exchange['body'];
    const exchange: Exchange = { ...request, body, signal: gone.signal };
    const { response } = request;
    this.exchanges.push(exchange);
    this.open++;
    response.on('close', () => {
      this.open--;
      if (response.writableFinished) return;
      this.aborted++;
      gone.abort();
    });
    response.on('error', () => undefined);
    try {
      await this.script(exchange);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
  }
}
