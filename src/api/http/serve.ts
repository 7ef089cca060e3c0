import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../../platform/config/config';
import { Lifecycle } from '../lifecycle/lifecycle.service';

const OPERATIONS = /^\/(health|metrics)(\/|\?|$)/;

/** Listens, and shuts down on SIGTERM or SIGINT: no new calls, streams finish within the grace, then everything closes. */
export async function serve(app: NestFastifyApplication, config: Config): Promise<string> {
  const operations = config.opsPort === undefined ? undefined : await listenForOperations(app, config, config.opsPort);
  await app.listen(config.port, config.host);
  const server = app.getHttpServer() as Server;
  stopOnSignals(app, config, operations ? [server, operations] : [server]);
  const { port } = server.address() as AddressInfo;
  return `http://${config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host}:${port}`;
}

/** Probes and metrics on a port of their own; the main port then no longer answers them. */
async function listenForOperations(app: NestFastifyApplication, config: Config, port: number): Promise<Server> {
  const fastify = app.getHttpAdapter().getInstance();
  const handle = fastify.routing.bind(fastify);
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (OPERATIONS.test(request.url ?? '')) return void handle(request, response);
    response.writeHead(404).end();
  });
  server.listen(port, config.host);
  await once(server, 'listening');
  return server;
}

function stopOnSignals(app: NestFastifyApplication, config: Config, servers: readonly Server[]): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    app.get(Lifecycle).drain();
    // a socket that goes idle while others stream would be held for the keep-alive time
    const sweep = setInterval(() => servers.forEach((server) => server.closeIdleConnections()), 50);
    const cut = setTimeout(
      () => servers.forEach((server) => server.closeAllConnections()),
      config.server.shutdownGraceMs,
    );
    for (const server of servers.slice(1)) server.close();
    try {
      await app.close();
      process.exitCode = 0;
    } catch (error) {
      process.stderr.write(
        `Gatehouse did not stop cleanly: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      process.exitCode = 1;
    }
    clearInterval(sweep);
    clearTimeout(cut);
    // nothing is left to do; a library's forgotten timer must not keep the process
    process.exit();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}
