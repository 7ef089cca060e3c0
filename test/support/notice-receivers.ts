import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedNotice {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

/** Webhook, Slack and PagerDuty on one port: they take what they are told, or answer as the test says. */
export class NoticeReceivers {
  readonly received: ReceivedNotice[] = [];
  /** What is answered: a status for each path, 200 or 202 when absent. */
  readonly answers = new Map<string, number>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url: path = '', headers } = request;
        const text = Buffer.concat(chunks).toString();
        this.received.push({ path, headers, text, body: JSON.parse(text) });
        response.writeHead(this.answers.get(path) ?? (path === '/pager' ? 202 : 200)).end();
      });
    });
  }

  static async start(): Promise<NoticeReceivers> {
    const receivers = new NoticeReceivers();
    receivers.server.listen(0, '127.0.0.1');
    await once(receivers.server, 'listening');
    return receivers;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Those that one of them took, of one incident, in order. */
  of(path: string, incident: string): ReceivedNotice[] {
    return this.received.filter((notice) => notice.path === path && notice.text.includes(incident));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
