// `node dist/verify-audit.js bundle.tar --vkey …`: verifies an export of the audit log. No network, no database, no packages.
import { runCommand } from './features/audit/verifier/run-command';

void runCommand(
  process.argv.slice(2),
  (text) => process.stdout.write(text),
  (text) => process.stderr.write(text),
).then((code) => (process.exitCode = code));
