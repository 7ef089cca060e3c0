// `npm run bench:sdk`: CPU per call of one trivial handler that asks the upstream through undici, through the `openai` SDK
// and through `@anthropic-ai/sdk`. `none` answers by itself: what is left above it is the client's.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, OTHER_CORE, pin } from './machine.mjs';
import { measure, shuffled, warmUp } from './measure.mjs';
import { median, table } from './report.mjs';
import { launchSimple, launchUpstream } from './server.mjs';

const HANDLER = join(import.meta.dirname, 'peers', 'client-cost.mjs');
const OPENAI = { path: '/v1/chat/completions', model: 'gpt-4o-mini' };
const ANTHROPIC = { path: '/v1/messages', model: 'claude-haiku-4-5', tokenLimit: true };
const CONTENDERS = [
  { title: 'none', client: 'none', ...OPENAI },
  { title: 'undici Pool', client: 'undici', ...OPENAI },
  { title: 'openai', client: 'openai', ...OPENAI },
  { title: 'undici Pool, Anthropic', client: 'undici', ...ANTHROPIC },
  { title: '@anthropic-ai/sdk', client: 'anthropic', ...ANTHROPIC },
];

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rows = [];

async function measureOnce({ title, client, path, model, tokenLimit }, upstream) {
  const server = await launchSimple({
    name: `client-${client}`,
    command: () => [process.execPath, HANDLER],
    upstream: upstream.port,
    env: { CLIENT: client },
  });
  try {
    const target = { ...server, path, body: { model, tokenLimit } };
    await warmUp(target);
    for (const phase of ['calls', 'streams']) {
      const row = await measure(phase, target, upstream);
      if (row.failed || !row.answered) throw new Error(`${title}: ${row.failure} ${row.failureBody}`);
      rows.push({ title, ...row });
      process.stderr.write(
        `[bench] ${title} ${phase} ${row.perSecond}/s ${row.gatewayMicros} µs, foreign ${row.foreignCores}\n`,
      );
    }
  } finally {
    await server.stop();
  }
}

pin([process.pid], OTHER_CORE);
const upstream = await launchUpstream();
try {
  for (let round = 1; round <= Number(options.rounds); round++)
    for (const contender of shuffled(CONTENDERS)) await measureOnce(contender, upstream);
} finally {
  await upstream.stop();
}

const at = (title, phase, field) =>
  Math.round(median(rows.filter((row) => row.title === title && row.phase === phase).map((row) => row[field])));
const { processor, node } = describeMachine();
const foreign = median(rows.map(({ foreignCores }) => foreignCores));
console.log(
  `${processor}, Node ${node}, medians of ${options.rounds} rounds; others used ${foreign.toFixed(2)} cores meanwhile\n`,
);
console.log(
  table(
    ['client', 'CPU µs/call', 'calls/s', 'CPU µs/stream of 50 chunks', 'streams/s'],
    CONTENDERS.map(({ title }) => [
      title,
      at(title, 'calls', 'gatewayMicros'),
      at(title, 'calls', 'perSecond'),
      at(title, 'streams', 'gatewayMicros'),
      at(title, 'streams', 'perSecond'),
    ]),
  ),
);
