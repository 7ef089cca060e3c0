import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as GrpcServer, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';

/** What a service says of one flag: a value for a tenant, and one for all others. */
export interface Says {
  readonly flag: string;
  readonly tenant: string;
  readonly value: string;
  readonly otherwise: string;
}

/** A double of a flag service that its real library talks to. */
export interface FlagServiceDouble {
  /** What `flags.provider` is for it. */
  readonly settings: object;
  /** Everything it was sent. */
  readonly received: string[];
  says(what: Says): void;
  close(): Promise<void>;
}

/** flagd's sync service over gRPC: it streams the whole of its flags, and again when they change. */
export class FakeFlagd implements FlagServiceDouble {
  readonly received: string[] = [];
  private readonly streams = new Set<ServerWritableStream<Buffer, string>>();
  private flags = '{"flags":{}}';

  private constructor(
    private readonly server: GrpcServer,
    private readonly port: number,
  ) {}

  static async start(): Promise<FakeFlagd> {
    const server = new GrpcServer();
    let flagd: FakeFlagd | undefined;
    server.addService(
      {
        SyncFlags: {
          path: '/flagd.sync.v1.FlagSyncService/SyncFlags',
          requestStream: false,
          responseStream: true,
          requestSerialize: (request: Buffer) => request,
          requestDeserialize: (request: Buffer) => request,
          responseSerialize: syncResponse,
          responseDeserialize: (response: Buffer) => response.toString(),
        },
      },
      { SyncFlags: (stream: ServerWritableStream<Buffer, string>) => flagd?.serve(stream) },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return (flagd = new FakeFlagd(server, port));
  }

  get settings(): object {
    return { type: 'flagd', host: '127.0.0.1', port: this.port };
  }

  says({ flag, tenant, value, otherwise }: Says): void {
    const targeting = { if: [{ '==': [{ var: 'tenantName' }, tenant] }, 'chosen', null] };
    const variants = { chosen: value, others: otherwise };
    const flags = { [flag]: { state: 'ENABLED', variants, defaultVariant: 'others', targeting } };
    this.flags = JSON.stringify({ flags });
    for (const stream of this.streams) stream.write(this.flags);
  }

  close(): Promise<void> {
    for (const stream of this.streams) stream.end();
    this.server.forceShutdown();
    return Promise.resolve();
  }

  private serve(stream: ServerWritableStream<Buffer, string>): void {
    this.received.push(stream.request.toString());
    this.streams.add(stream);
    stream.on('close', () => this.streams.delete(stream));
    stream.write(this.flags);
  }
}

/** A message of protocol buffers whose first field is that text. */
function syncResponse(text: string): Buffer {
  const content = Buffer.from(text);
  const length: number[] = [];
  for (let left = content.length; ; left >>>= 7) {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([0x0a, ...length]), content]);
}

/** LaunchDarkly's streaming service, as a Relay Proxy offers it: server-sent events with the whole, then what changes. */
export class FakeLaunchDarkly implements FlagServiceDouble {
  readonly received: string[] = [];
  private readonly streams = new Set<ServerResponse>();
  private readonly server: Server;
  private flags: Record<string, object> = {};
  private version = 1;

  private constructor() {
    this.server = createServer((request, response) => this.serve(request, response));
  }

  static async start(): Promise<FakeLaunchDarkly> {
    const double = new FakeLaunchDarkly();
    double.server.listen(0, '127.0.0.1');
    await once(double.server, 'listening');
    return double;
  }

  get settings(): object {
    const { port } = this.server.address() as AddressInfo;
    return { type: 'launchdarkly', sdkKey: 'literal:sdk-test', baseUrl: `http://127.0.0.1:${port}` };
  }

  says({ flag, tenant, value, otherwise }: Says): void {
    const clauses = [{ attribute: 'tenantName', op: 'in', values: [tenant] }];
    const common = { key: flag, on: true, version: ++this.version, salt: 'salt', targets: [], prerequisites: [] };
    const rules = [{ id: 'tenant', variation: 0, clauses }];
    const data = { ...common, variations: [value, otherwise], fallthrough: { variation: 1 }, offVariation: 1, rules };
    this.flags = { ...this.flags, [flag]: data };
    for (const stream of this.streams) tell(stream, 'patch', { path: `/flags/${flag}`, data });
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    this.received.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    request.on('data', (chunk: Buffer) => this.received.push(chunk.toString()));
    if (request.url !== '/all') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
    tell(response, 'put', { path: '/', data: { flags: this.flags, segments: {} } });
  }
}

function tell(stream: ServerResponse, event: string, data: object): void {
  stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
