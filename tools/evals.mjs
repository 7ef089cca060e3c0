// `npm run evals`: asks models the cases of a suite, and says how they did.
import { writeFileSync } from 'node:fs';
import { NotDone, runCommand } from './gateway-client.mjs';

const USAGE = `Asks models the cases of a suite of a running gateway, follows the run, and prints its report.

  npm run evals                                    names the suites
  npm run evals -- --suite support --models a,b    aliases, or provider/model; those of the suite when absent
    --baseline MODEL    is asked too, and compared with
    --json FILE         where the report goes as JSON
    --timeout SECONDS   how long it is waited for (3600)
    --url URL --key KEY of the gateway; else GATEHOUSE_URL and GATEHOUSE_KEY

Exit code: 0 every model passed, 1 one missed a threshold, 2 the run could not be made.
`;
const OPTIONS = {
  suite: { type: 'string' },
  models: { type: 'string' },
  baseline: { type: 'string' },
  json: { type: 'string' },
};

async function main(values, client, seconds) {
  if (!values.suite) return suites(client);
  const { run_id: id } = await client.post(`/v1/evals/${encodeURIComponent(values.suite)}/runs`, {
    ...(values.models && { models: values.models.split(',').map((model) => model.trim()) }),
    ...(values.baseline && { baseline: values.baseline }),
  });
  const path = `/v1/evals/runs/${id}`;
  const run = await client.until(
    path,
    ({ finished_at: at }) => at,
    seconds,
    ({ status, progress }) => `${id} ${status} ${Math.floor(progress)} %`,
  );
  if (!run.report) throw new NotDone(`run ${id} ${run.status}: ${run.error?.message ?? ''}`.trim());
  if (values.json) writeFileSync(values.json, `${JSON.stringify(run.report, undefined, 2)}\n`);
  process.stdout.write(await client.get(path, 'text/markdown'));
  return run.report.passed ? 0 : 1;
}

async function suites(client) {
  const { data } = await client.get('/v1/evals');
  for (const { name, cases, description } of data) console.log(`${name}: ${cases} cases. ${description}`);
  if (!data.length) console.log('There is no suite in config/evals.');
  return 0;
}

await runCommand({ usage: USAGE, options: OPTIONS, seconds: 3_600, main });
