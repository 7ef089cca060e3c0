// `npm run models:bench [-- --models fast,balanced --calls 20 --concurrency 4 --no-stream --url … --key … --json --yes]`: latency, tokens and
// cost of each model through a gateway, with the official SDK. Without --url a gateway of its own is started, with the providers of this shell.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import { ask, costOf } from './ask.mjs';
import { startOwnGateway } from './own-gateway.mjs';
import { quote } from './quote.mjs';
import { jsonReport, textReport } from './report.mjs';

const USAGE = `npm run models:bench [-- OPTIONS]

  --models a,b         names as callers use them; fast, balanced and best where they are there
  --calls 20           of each model
  --concurrency 4      at a time
  --no-stream          answers in one piece: no time to the first token
  --max-tokens 200     of each answer
  --prompt TEXT        what is asked; a number in front keeps the calls apart
  --url, --key         a running gateway; GATEHOUSE_URL and GATEHOUSE_KEY when absent. Without an address one is started
  --most-usd 0.10      above it --yes is needed
  --yes                spend it
  --json               the result as JSON

Exit code: 0 all calls were answered, 1 some were not, 2 wrongly called or not allowed to spend it.
`;
const DEFAULTS = ['fast', 'balanced', 'best'];
const PROMPT = 'Explain in about a hundred words why the tide comes in twice a day.';
const CALL_TIMEOUT_MS = 300_000;
const whole = { calls: [1, 10_000], concurrency: [1, 256], 'max-tokens': [1, 32_000] };

class Misuse extends Error {}

function optionsOf(args) {
  const text = (fallback) => ({ type: 'string', ...(fallback !== undefined && { default: fallback }) });
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      models: text(),
      calls: text('20'),
      concurrency: text('4'),
      stream: { type: 'boolean', default: true },
      'max-tokens': text('200'),
      prompt: text(PROMPT),
      url: text(process.env.GATEHOUSE_URL),
      key: text(process.env.GATEHOUSE_KEY),
      'most-usd': text('0.10'),
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  for (const [name, [least, most]] of Object.entries(whole)) {
    const number = Number(values[name]);
    if (!Number.isInteger(number) || number < least || number > most)
      throw new Misuse(`--${name} must be a whole number from ${least} to ${most}`);
    values[name] = number;
  }
  values.mostUsd = Number(values['most-usd']);
  if (!(values.mostUsd >= 0)) throw new Misuse('--most-usd must be a number of dollars');
  return values;
}

async function namesOf({ models }, gateway) {
  if (models !== undefined)
    return models
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
  const answer = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${gateway.key}` } });
  if (!answer.ok) throw new Misuse(`GET /v1/models answers ${answer.status}: is --key right?`);
  const { data } = await answer.json();
  return DEFAULTS.filter((name) => data.some(({ id }) => id === name));
}

/** @throws Misuse when it is more than what was allowed */
async function announce(models, gateway, options) {
  const inputTokens = Math.ceil(options.prompt.length / 2) + 100;
  const bound = { calls: options.calls, inputTokens, outputTokens: options['max-tokens'] };
  const quoted = await quote(models, gateway, bound);
  const usd = quoted.reduce((sum, one) => sum + (one.usd ?? 0), 0);
  const unknown = quoted.filter((one) => one.usd === undefined).map(({ model }) => model);
  const gaps = unknown.length ? `; the price of ${unknown.join(', ')} is not known` : '';
  process.stderr.write(
    `[models] ${models.length} × ${options.calls} calls cost at most $${usd.toFixed(4)} by the price book${gaps}\n`,
  );
  if (options.yes || (usd <= options.mostUsd && !unknown.length)) return;
  throw new Misuse(
    unknown.length
      ? 'what it costs is not known: add --yes to go on'
      : `that is above $${options.mostUsd}: add --yes to spend it`,
  );
}

async function measured(client, model, gateway, options) {
  const calls = [];
  let next = 0;
  const work = async () => {
    while (next < options.calls) {
      const number = ++next;
      const requestId = randomUUID();
      const { prompt, stream } = options;
      const call = await ask(client, {
        model,
        prompt: `${number}. ${prompt}`,
        maxTokens: options['max-tokens'],
        stream,
        requestId,
      });
      calls.push(call.code === undefined && stream ? { ...call, usd: await costOf(gateway, requestId) } : call);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: Math.min(options.concurrency, options.calls) }, work));
  return { model, calls, seconds: (performance.now() - started) / 1_000 };
}

async function main() {
  const options = optionsOf(process.argv.slice(2));
  if (options.help) return void process.stdout.write(USAGE);
  const own = options.url === undefined ? await startOwnGateway() : undefined;
  const gateway = own ?? { url: options.url.replace(/\/$/, ''), key: options.key ?? rootKey() };
  try {
    const models = await namesOf(options, gateway);
    if (!models.length) throw new Misuse('no model is named by --models, and none of fast, balanced and best is there');
    await announce(models, gateway, options);
    const client = new OpenAI({
      baseURL: `${gateway.url}/v1`,
      apiKey: gateway.key,
      maxRetries: 0,
      timeout: CALL_TIMEOUT_MS,
    });
    const rows = [];
    for (const model of models) rows.push(await measured(client, model, gateway, options));
    process.stdout.write(options.json ? jsonReport(rows, options) : textReport(rows));
    if (rows.some(({ calls }) => calls.some(({ code }) => code !== undefined))) process.exitCode = 1;
  } finally {
    await own?.stop();
  }
}

/** Of a gateway that `npm start` runs from here. */
function rootKey() {
  try {
    return readFileSync(join(process.env.GATEHOUSE_DATA_DIR ?? '.gatehouse', 'root.key'), 'utf8').trim();
  } catch {
    throw new Misuse('--url needs --key, or GATEHOUSE_KEY');
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Misuse) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
