// `npm run drill:hostile [-- count [seed]]`: sends hostile requests (10,000 unless told otherwise) to the built gateway, on a
// free port and an empty data folder, and counts what came back. With DRILL_URL and DRILL_KEY: to a gateway that runs already.
// Exit code 1 when a promise was broken; request number n of a seed is always the same one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const START_MS = 60_000;
const BODY_BYTES = 33_554_432;
const SHOWN = 20;

const root = resolve(import.meta.dirname, '..');
const [count = 10_000, seed = Date.now() % 100_000] = process.argv.slice(2).map(Number);

// the generator is TypeScript that the tests share: Node strips the types, and imports stand there without extension
registerHooks({
  resolve: (name, context, next) => next(/^\.\.?\/(.*\/)?[^./]+$/.test(name) ? `${name}.ts` : name, context),
});
const { barrage, describeFinding } = await import('../test/support/hostile/barrage.ts');
const { canaryIn } = await import('../test/support/hostile/canary.ts');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function startGateway() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'));
  const port = await freePort();
  const env = { PATH: process.env.PATH, PORT: String(port), GATEHOUSE_DATA_DIR: folder };
  const child = spawn(process.execPath, ['tools/start.mjs'], { cwd: root, env });
  const ended = once(child, 'exit');
  let output = '';
  await new Promise((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`not ready within ${START_MS / 1_000} s\n${output}`)), START_MS);
    void ended.then(([code]) => failed(new Error(`ended with exit code ${code}\n${output}`)));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
        if (!output.includes('Try it')) return;
        clearTimeout(timer);
        ready();
      });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    key: readFileSync(join(folder, 'root.key'), 'utf8').trim(),
    logs: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const table = (counts) =>
  [...counts].sort(([, a], [, b]) => b - a).map(([name, times]) => `${String(times).padStart(8)}  ${name}`).join('\n'); // prettier-ignore

const { DRILL_URL: url, DRILL_KEY: key } = process.env;
const gateway = url ? { url, key: key ?? '', logs: () => '', stop: async () => {} } : await startGateway();
try {
  const started = performance.now();
  const { statuses, codes, findings } = await barrage(
    gateway.url,
    { key: gateway.key, bodyBytes: BODY_BYTES },
    count,
    seed,
  );
  const seconds = (performance.now() - started) / 1_000;
  const problems = findings.map(describeFinding);
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  for (const [where, text] of [
    ['logs', gateway.logs()],
    ['metrics', metrics],
  ])
    // prettier-ignore
    if (canaryIn(text) !== undefined) problems.push(`the ${where} give the canary away: ${canaryIn(text)}`);
  const mebibytes = Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1_048_576;
  console.log(
    `${count} requests (seed ${seed}) in ${seconds.toFixed(1)} s, ${mebibytes.toFixed(0)} MiB resident afterwards`,
  );
  console.log(`\nby status\n${table(statuses)}\n\nby reason\n${table(codes)}`);
  console.log(problems.length ? `\n${problems.length} broken promises` : '\nno promise broken');
  for (const problem of problems.slice(0, SHOWN)) console.log(problem);
  process.exitCode = problems.length ? 1 : 0;
} finally {
  await gateway.stop();
}
