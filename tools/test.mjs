// `npm test`: types, lint, import rules, format, tests; stops at the first failure.
// With arguments (`npm test -- budget`) only the tests, and the arguments are Jest's. `--static` leaves the tests out.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { buildArgv, runCLI } from 'jest';

const root = resolve(import.meta.dirname, '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const STEPS = [
  ['types', bin('tsc'), ['--noEmit']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['import rules', bin('depcruise'), ['src', 'migrations']],
  ['format', bin('prettier'), ['--check', '--cache', '--log-level', 'warn', '.']],
];

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

function runStep([name, command, args]) {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const passed = status === 0;
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(12)}  ${seconds(started)}`);
  if (!passed) console.log([stdout, stderr, error?.message].filter(Boolean).join('\n').trimEnd());
  return passed;
}

/** @returns whether all tests passed */
async function runTests(args) {
  process.env.NODE_ENV = 'test';
  const { results } = await runCLI(await buildArgv(args), [root]);
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = results;
  // a file that does not even load counts as one failed test
  const counts = [`${numPassedTests} passed`, `${numFailedTests + numRuntimeErrorTestSuites} failed`];
  if (numPendingTests) counts.push(`${numPendingTests} skipped`);
  process.stderr.write('\n');
  console.log(counts.join(', '));
  return results.success;
}

const args = process.argv.slice(2);
const onlyStatic = args[0] === '--static';
const passed = (args.length && !onlyStatic) || STEPS.every(runStep);
process.exit(passed && (onlyStatic || (await runTests(args))) ? 0 : 1);
