// What was recorded, held against what clients saw and what the providers served.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { MODELS } from './answers.mjs';
import { cost } from './configuration.mjs';
import { requestId } from './send.mjs';

const DRAIN_MS = 15_000;
const SQL = `select request_id, status, error_code, provider, provider_model, attempts,
    coalesce(input_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0) as input,
    coalesce(output_tokens, 0) as output
  from llm_requests`;
const EXPECTED = { answered: ['answered'], cut: ['failed'], refused: ['refused', 'failed'] };

/** Every record, once none is open any more or there is no hope of it. */
export async function readRecords(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const end = Date.now() + DRAIN_MS; Date.now() < end; await sleep(500)) {
      const { rows } = await client.query(`select count(*)::int as open from llm_requests where status = 'open'`);
      if (!rows[0].open) break;
    }
    return (await client.query(SQL)).rows;
  } finally {
    await client.end();
  }
}

/** @param {object[]} calls judged ones that went to the gateway */
export function reconcile(calls, records, exchanges) {
  const byId = Map.groupBy(records, ({ request_id }) => request_id);
  const of = (call) => byId.get(requestId(call)) ?? [];
  const unrecorded = calls.filter((call) => call.status && !of(call).length);
  const isRefusal = ({ reason }) => reason === 'storage_unavailable';
  const final = (call) => of(call).at(-1)?.status;
  /** The answer was ready, its record could not be closed in time, and was closed when the database was back. */
  const withheld = (call) => isRefusal(call) && final(call) === 'answered';
  return {
    records: records.length,
    /** A call that was refused because it could not be recorded has no record by design. */
    missing: unrecorded.filter((call) => !isRefusal(call)).length,
    refusedUnrecorded: unrecorded.filter(isRefusal).length,
    open: calls.filter((call) => of(call).some(({ status }) => status === 'open')).map(({ n }) => n),
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
