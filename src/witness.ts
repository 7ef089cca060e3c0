// `npm run witness -- --log <vkey>`: signs heads of audit logs, so that no log can show two histories. Runs anywhere; no packages.
import type { AddressInfo } from 'node:net';
import { escapeControls } from './contract/escape-controls';
import { openWitness, USAGE } from './features/audit/witness/witness-command';
import { witnessServer } from './features/audit/witness/witness-server';

function main(): void {
  const command = openWitness(process.argv.slice(2));
  if (!command) return void process.stdout.write(USAGE);
  const { witness, vkey, host, port } = command;
  const server = witnessServer(witness, vkey, complain);
  server.on('error', fail);
  server.listen(port, host, () => {
    const { port: open } = server.address() as AddressInfo;
    process.stdout.write(`${vkey}\nlistening on http://${host.includes(':') ? `[${host}]` : host}:${open}\n`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 2_000).unref();
    });
}

function complain({ message }: Error): void {
  process.stderr.write(`${escapeControls(message)}\n`);
}

function fail(error: Error): void {
  complain(error);
  process.exit(2);
}

try {
  main();
} catch (error) {
  fail(error as Error);
}
