import 'reflect-metadata';
import { AppModule } from './app.module';
import { banner } from './api/http/banner';
import { createApp } from './api/http/create-app';
import { serve } from './api/http/serve';
import { ConfigError } from './platform/config/problems';
import { processConfig } from './platform/config/process-config';

async function main(): Promise<void> {
  const config = await processConfig();
  const http = await createApp(AppModule, config);
  const url = await serve(http, config);
  process.stdout.write(banner(http.app, url));
}

main().catch((error: unknown) => {
  const message =
    error instanceof ConfigError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`Gatehouse did not start. ${message}\n`);
  process.exit(1);
});
