// The process that works on jobs.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { Registry } from 'prom-client';
import { JobRunner } from './jobs';
import { WorkerModule } from './jobs/worker.module';
import type { Config } from './platform/config/config';
import { listenRefusal } from './platform/config/listen-refusal';
import { ConfigError } from './platform/config/problems';
import { processConfig } from './platform/config/process-config';
import { BootLogger } from './platform/observability/boot-logger.service';
import { errorText } from './platform/observability/error-text';
import { processLogger } from './platform/observability/process-logger';
import { processScrubber } from './platform/observability/process-scrubber';
import { scrubProcess } from './platform/observability/scrub-process';
import { startLogger } from './platform/observability/start-logger';

async function workOnJobs(): Promise<void> {
  const config = await processConfig();
  processScrubber.follow(config);
  const logger = startLogger(processLogger(config.logLevel));
  const app = await NestFactory.createApplicationContext(WorkerModule, {
    logger,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(BootLogger));
  const runner = app.get(JobRunner);
  await runner.start();
  const probes =
    config.opsPort === undefined ? undefined : await answerProbes(config, app.get(Registry, { strict: false }));
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // jobs are handed back before connections are closed
    await app.close().catch(() => (process.exitCode = 1));
    probes?.close();
    process.exit();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  process.stdout.write(`Gatehouse works on jobs, ${config.jobs.concurrency} at a time.\n`);
}

/** Liveness and metrics, where the operator gave them a port. */
async function answerProbes({ opsPort, host }: Config, registry: Registry) {
  const server = createServer((request, response) => {
    const isMetrics = request.url === '/metrics';
    if (!isMetrics && request.url !== '/health/live') return void response.writeHead(404).end();
    if (!isMetrics) return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenRefusal('GATEHOUSE_OPS_PORT', error)));
    server.listen(opsPort, host, resolve);
  });
  return server;
}

scrubProcess();
/** Settles when jobs are worked on. */
export const started = workOnJobs().catch((error: unknown) => {
  const why = error instanceof ConfigError ? error.message : errorText(error);
  process.stderr.write(`Gatehouse's worker did not start. ${why}\n`);
  process.exit(1);
});
