import { loadConfig } from './platform/config/load-config';
import { migrate } from './platform/database/migrate';
import { processScrubber } from './platform/observability/process-scrubber';
import { runCommand } from './platform/observability/run-command';

const USAGE = `Brings the schema in DATABASE_URL up to date, as a start does, and serves nobody. Several at a time wait for each other.

Exit code: 0 it is up to date, 1 it could not be brought there, 2 wrongly called.
`;

async function main(): Promise<number> {
  const config = await loadConfig(process.env);
  processScrubber.follow(config);
  const made = await migrate(config.databaseUrl.reveal());
  console.log(made.length ? `${made.length} migrations made, up to ${made.at(-1)}` : 'nothing to migrate');
  return 0;
}

runCommand(main, USAGE);
