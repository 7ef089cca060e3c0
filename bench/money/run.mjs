// `npm run drill:money`: does the ledger agree with the providers' own books, and does a budget hold? See ../README.md.
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Rig, FOLDER } from './rig.mjs';
import { budgetRound, ledgerRound } from './rounds.mjs';
import { report } from './report.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '45' },
    clients: { type: 'string', default: '200' },
    kills: { type: 'string', default: '4' },
    stops: { type: 'string', default: '1' },
    limit: { type: 'string', default: '0.25' },
    seed: { type: 'string', default: '1' },
    modes: { type: 'string', default: 'strict,standard' },
    parts: { type: 'string', default: 'budget,ledger' },
  },
});
const options = {
  seed: values.seed,
  seconds: Number(values.seconds),
  clients: Number(values.clients),
  kills: Number(values.kills),
  stops: Number(values.stops),
  limit: values.limit,
};
const KNOWN = { budget: budgetRound, ledger: ledgerRound };
const rounds = values.modes
  .split(',')
  .flatMap((mode) => values.parts.split(',').map((part) => ({ mode, part, tenant: `${part}-${mode}` })));
if (!(options.seconds >= 10 && options.clients >= 1) || rounds.some(({ part }) => !KNOWN[part]))
  throw new Error('--seconds must be 10 or more, --clients 1 or more, --parts of budget and ledger');

const rig = new Rig();
const log = (line) => process.stderr.write(`[drill] ${new Date().toISOString().slice(11, 19)} ${line}\n`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => {
    log('stopping everything');
    void rig.stop().then(() => process.exit(130));
  });

try {
  log('starting PostgreSQL, Redis, two providers and three gateways…');
  await rig.start(options.seed, Object.fromEntries(rounds.map(({ tenant, mode }) => [tenant, mode])));
  const found = [];
  let broken = 0;
  for (const round of rounds) {
    log(`${round.part}, mode ${round.mode}: ${options.clients} clients for ${options.seconds} s`);
    found.push(await KNOWN[round.part](rig, { ...round, ...options, log }));
    const { text, kept } = report(found.slice(-1), options);
    process.stdout.write(`${text}\n`);
    if (!kept) broken++;
  }
  const file = join(FOLDER, 'report.json');
  const plain = (_, value) => (typeof value === 'bigint' ? value.toString() : value);
  writeFileSync(file, `${JSON.stringify(found, plain, 2)}\n`);
  log(`every call in ${relative(process.cwd(), file)}`);
  if (broken) process.exitCode = 1;
} catch (error) {
  log(error.stack);
  process.exitCode = 1;
} finally {
  await rig.stop();
}
