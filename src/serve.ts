// The HTTP process.
import 'reflect-metadata';
import { AppModule } from './app.module';
import { banner } from './api/http/banner';
import { createApp } from './api/http/create-app';
import { serve } from './api/http/serve';
import { ConfigError } from './platform/config/problems';
import { processConfig } from './platform/config/process-config';
import { errorText } from './platform/observability/error-text';
import { processScrubber } from './platform/observability/process-scrubber';
import { scrubProcess } from './platform/observability/scrub-process';

async function serveCalls(): Promise<void> {
  const config = await processConfig();
  processScrubber.follow(config);
  const http = await createApp(AppModule, config);
  const url = await serve(http, config);
  process.stdout.write(banner(http.app, url));
}

scrubProcess();
/** Settles when calls are served. */
export const started = serveCalls().catch((error: unknown) => {
  const why = error instanceof ConfigError ? error.message : errorText(error);
  process.stderr.write(`Gatehouse did not start. ${why}\n`);
  process.exit(1);
});
