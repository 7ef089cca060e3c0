// `npm run promote`: puts a model in the place of another behind an alias, by evals, a second person and a canary.
import { NotDone, runCommand } from './gateway-client.mjs';

const USAGE = `Asks for the promotion of a model, decides about one, or says how one stands.

  npm run promote -- --alias balanced --candidate openai/gpt-5.1 --suite support
    --steps 10,50,100  --by user|key|tenant  --hold-seconds 600  --min-calls 100  --max-step-seconds 86400
    --error-rate 0.02  --error-ceiling 0.5  --latency-ratio 1.5  --cost-ratio 1.5  --score-drop 0.05  --feedback-drop 0.1
  npm run promote -- --approve ID     with another key than the one that asked; also --reject, --cancel, --rollback
  npm run promote -- --status ID
  npm run promote                     lists them

    --watch             follows it to its end, here or after any of the above
    --timeout SECONDS   how long it is followed (86400)
    --json              the answer as JSON
    --url URL --key KEY of the gateway; else GATEHOUSE_URL and GATEHOUSE_KEY

Exit code: 0 done, or promoted where it is watched; 1 it was watched and not promoted; 2 it could not be done.
`;
const ACTS = ['approve', 'reject', 'cancel', 'rollback'];
const CANARY = ['by', 'hold-seconds', 'min-calls', 'max-step-seconds'];
const THRESHOLDS = ['error-rate', 'error-ceiling', 'latency-ratio', 'cost-ratio', 'score-drop', 'feedback-drop'];
const OVER = new Set(['promoted', 'rolled_back', 'rejected', 'cancelled', 'failed']);

const text = (names) => Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
const OPTIONS = {
  ...text(['alias', 'candidate', 'suite', 'steps', 'status', 'comment', ...ACTS, ...CANARY, ...THRESHOLDS]),
  watch: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
};

async function main(values, client, seconds) {
  const begun = await first(values, client);
  if (!begun) return list(client);
  if (!values.watch) {
    show(begun, values.json);
    return 0;
  }
  const ended = await watched(begun, client, seconds);
  show(ended, values.json);
  return ended.state === 'promoted' ? 0 : 1;
}

/** What was asked for first; undefined where nothing was. */
async function first(values, client) {
  const act = ACTS.find((name) => values[name]);
  const body = values.comment ? { comment: values.comment } : {};
  if (act) return client.post(`/v1/promotions/${encodeURIComponent(values[act])}/${act}`, body);
  if (values.status) return client.get(`/v1/promotions/${encodeURIComponent(values.status)}`);
  const { alias, candidate, suite, steps } = values;
  if (!alias && !candidate && !suite) return undefined;
  if (!alias || !candidate || !suite) throw new NotDone('--alias, --candidate and --suite belong together');
  const canary = { ...given(values, CANARY), ...(steps && { steps: steps.split(',').map(number) }) };
  return client.post('/v1/promotions', { alias, candidate, suite, canary, thresholds: given(values, THRESHOLDS) });
}

function given(values, names) {
  const set = names.filter((name) => values[name] !== undefined);
  return Object.fromEntries(
    set.map((name) => [name.replaceAll('-', '_'), name === 'by' ? values[name] : number(values[name])]),
  );
}

function number(written) {
  const value = Number(written);
  if (written.trim() && Number.isFinite(value)) return value;
  throw new NotDone(`${written} is no number`);
}

function watched({ id }, client, seconds) {
  return client.until(`/v1/promotions/${id}`, ({ state }) => OVER.has(state), seconds, lineOf);
}

async function list(client) {
  const { data } = await client.get('/v1/promotions');
  for (const promotion of data) console.log(lineOf(promotion));
  if (!data.length) console.log('There was no promotion yet.');
  return 0;
}

function lineOf({ id, alias, candidate, state, percent, reason }) {
  const share = state === 'canary' ? ` ${percent} %` : '';
  return `${id} ${alias} ${candidate}: ${state}${share}${reason ? ` (${reason})` : ''}`;
}

function show(promotion, asJson) {
  if (asJson) {
    console.log(JSON.stringify(promotion, undefined, 2));
    return;
  }
  console.log(lineOf(promotion));
  const { evaluation, comparison, links } = promotion;
  if (evaluation) console.log(`  eval: score ${evaluation.score}, ${promotion.incumbent} ${evaluation.baseline}`);
  if (comparison) {
    console.log(`  calls: ${comparison.candidate_calls} of the candidate, ${comparison.rest_calls} of the rest`);
    for (const { measure, candidate, rest, value, limit, finding } of comparison.measures)
      console.log(
        `  ${measure.padEnd(18)} ${finding.padEnd(9)} ${candidate ?? '–'} to ${rest ?? '–'}: ${value ?? '–'}, at most ${limit}`,
      );
  }
  const next = Object.keys(links).filter((name) => name !== 'self');
  if (next.length) console.log(`  next: ${next.map((name) => `--${name} ${promotion.id}`).join(', ')}`);
}

await runCommand({ usage: USAGE, options: OPTIONS, seconds: 86_400, main });
