// What was recorded, held against what clients saw and what the providers served.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { MODELS } from './answers.mjs';
import { cost } from './configuration.mjs';
import { requestId } from './send.mjs';

const { callsIn } = createRequire(import.meta.url)('../../dist/features/audit/calls/call-view.js');

const DRAIN_MS = 15_000;
const HOUR_MS = 3_600_000;
const EXPECTED = { answered: ['answered'], cut: ['failed'], refused: ['refused', 'failed'] };

/** Every call of the log, once none is open any more or there is no hope of it. */
export async function readRecords(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const end = Date.now() + DRAIN_MS; ; await sleep(500)) {
      const calls = await readCalls(client);
      if (Date.now() > end || calls.every(({ status }) => status !== 'in_progress')) return calls.map(recordOf);
    }
  } finally {
    await client.end();
  }
}

async function readCalls(client) {
  const { rows } = await client.query('select headers from audit.headers order by first_index');
  const headers = rows.flatMap(({ headers: lines }) => lines.split('\n').map((line) => JSON.parse(line)));
  return callsIn(headers, HOUR_MS);
}

function recordOf({ request_id, status, provider, attempts, usage }) {
  const { input_tokens = 0, cache_read_tokens = 0, cache_write_tokens = 0, output_tokens = 0 } = usage ?? {};
  const input = input_tokens + cache_read_tokens + cache_write_tokens;
  return { request_id, status, provider, attempts, input, output: output_tokens };
}

/** @param {object[]} calls judged ones that went to the gateway */
export function reconcile(calls, records, exchanges) {
  const byId = Map.groupBy(records, ({ request_id }) => request_id);
  const of = (call) => byId.get(requestId(call)) ?? [];
  const unrecorded = calls.filter((call) => call.status && !of(call).length);
  const isRefusal = ({ reason }) => reason === 'audit_unavailable';
  const final = (call) => of(call).at(-1)?.status;
  /** The answer was ready, its entry was not durable in time, and became so when the database was back. */
  const withheld = (call) => isRefusal(call) && ['answered', 'withheld'].includes(final(call));
  return {
    records: records.length,
    /** A call that was refused because it could not be recorded has no record by design. */
    missing: unrecorded.filter((call) => !isRefusal(call)).length,
    refusedUnrecorded: unrecorded.filter(isRefusal).length,
    open: calls.filter((call) => of(call).some(({ status }) => status === 'in_progress')).map(({ n }) => n),
    twice: calls.filter((call) => of(call).length > 1).length,
    withheld: calls.filter(withheld).length,
    contradicted: calls
      .filter((call) => !withheld(call))
      .filter((call) => EXPECTED[call.outcome] && final(call) && !EXPECTED[call.outcome].includes(final(call)))
      .map((call) => ({ n: call.n, client: call.outcome, record: final(call) })),
    attempts: records.reduce((sum, { attempts }) => sum + (attempts ?? 0), 0),
    cost: costs(records, exchanges),
  };
}

/** Dollars: what the providers would bill, how much of it for answers that arrived, and what the records say. */
function costs(records, exchanges) {
  const total = (list) => list.reduce((sum, { double, input, output }) => sum + cost(double, { input, output }), 0);
  const known = exchanges.filter(({ double }) => double in MODELS);
  const recorded = records
    .filter(({ provider }) => provider in MODELS)
    .map(({ provider, input, output }) => ({ double: provider, input, output }));
  return {
    billed: total(known),
    billedForAnswers: total(known.filter(({ end }) => end === 'answered')),
    recorded: total(recorded),
  };
}
