import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../platform/config/config';
import { listenRefusal } from '../../platform/config/listen-refusal';
import { errorFacts } from '../../platform/observability/error-facts';
import { startedLogger } from '../../platform/observability/process-logger';
import { processScrubber } from '../../platform/observability/process-scrubber';
import type { HttpApplication } from './create-app';
import { Lifecycle } from '../lifecycle/lifecycle.service';

/** Listens, and shuts down on SIGTERM or SIGINT: no new calls, streams finish within the grace, then everything closes. */
export async function serve(http: HttpApplication, config: Config): Promise<string> {
  const { app, operations } = http;
  const probes = config.opsPort === undefined ? undefined : await operations?.listen(config.opsPort, config.host);
  await app.listen(config.port, config.host).catch((error: unknown) => {
    throw listenRefusal('PORT', error);
  });
  const server = app.getHttpServer() as Server;
  stopOnSignals(http, config, probes ? [server, probes] : [server]);
  const { port } = server.address() as AddressInfo;
  return `http://${config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host}:${port}`;
}

function stopOnSignals({ app, openRequests }: HttpApplication, config: Config, servers: readonly Server[]): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    app.get(Lifecycle).drain();
    startedLogger()?.info({ n: openRequests() }, 'stopping');
    await sleep(config.server.shutdownLeadMs);
    // a socket that goes idle while others stream would be held for the keep-alive time
    const sweep = setInterval(() => servers.forEach((server) => server.closeIdleConnections()), 50);
    const cut = setTimeout(() => {
      startedLogger()?.warn({ n: openRequests() }, 'the grace is over: what is under way is cut');
      servers.forEach((server) => server.closeAllConnections());
    }, config.server.shutdownGraceMs);
    for (const server of servers.slice(1)) server.close();
    try {
      await app.close();
      process.exitCode = 0;
    } catch (error) {
      const { message } = errorFacts(error);
      process.stderr.write(`${processScrubber.printable(`Gatehouse did not stop cleanly: ${message}`)}\n`);
      process.exitCode = 1;
    }
    clearInterval(sweep);
    clearTimeout(cut);
    // nothing is left to do; a library's forgotten timer must not keep the process
    process.exit();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}
