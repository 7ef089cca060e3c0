import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  /** As it came, before anything decoded it. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}
export type Answer = readonly [status: number, body: unknown];
/** What goes wrong with the next question, instead of its answer. */
export type Fault = number | 'hangs' | 'garbage' | 'breaks' | 'redirects';

/** A service over real HTTP on which things go wrong when a test wants it. */
export abstract class FaultyServer {
  readonly asked: Asked[] = [];
  /** One for each of the next questions; the last one stays when `forEver` is set. */
  faults: Fault[] = [];
  forEver = false;
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '/', headers, rawHeaders } = request;
      const url = new URL(target, 'http://fake');
      const one = { method, target, url, headers, rawHeaders, body: Buffer.concat(chunks) };
      this.asked.push(one);
      void this.serve(one, response);
    });
  });

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on everything goes wrong in this way; nothing does without one. */
  always(fault?: Fault): void {
    this.faults = fault === undefined ? [] : [fault];
    this.forEver = fault !== undefined;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  protected abstract answer(asked: Asked): Answer | Promise<Answer>;

  private async serve(asked: Asked, response: ServerResponse): Promise<void> {
    const fault = this.forEver ? this.faults[0] : this.faults.shift();
    if (fault === 'hangs') return;
    if (fault === 'breaks') return void response.destroy();
    if (fault === 'garbage') return void response.writeHead(200).end('<html>canary-garbage</html>');
    if (fault === 'redirects') return void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
    if (fault !== undefined) return void response.writeHead(fault).end('{"message":"canary-reason"}');
    const [status, body] = await this.answer(asked);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }
}
