import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where the embedded PostgreSQL of a data folder listens, as the application's role; undefined while it does not run.
 * Its supervisor keeps the password beside the cluster, PostgreSQL the port within it.
 */
export function embeddedUrl(dataDir: string): string | undefined {
  try {
    const folder = join(dataDir, 'pg');
    const password = readFileSync(join(folder, 'password'), 'utf8').trim();
    const port = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[3]);
    return port ? `postgres://gatehouse:${password}@127.0.0.1:${port}/gatehouse` : undefined;
  } catch {
    return undefined;
  }
}
