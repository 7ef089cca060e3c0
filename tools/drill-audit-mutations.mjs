// `npm run drill:audit-mutations [count] [seed]`: tampers with bundles 10,000 times; the verifier must find every one.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const [count = '10000', seed = String(Date.now() % 2_147_483_647)] = process.argv.slice(2);
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const { status } = spawnSync(process.execPath, [...flags, join(root, 'tools', 'test.mjs'), 'unit/audit-mutations'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, GATEHOUSE_TEST_MUTATIONS: count, GATEHOUSE_TEST_SEED: seed },
});
process.exit(status ?? 1);
