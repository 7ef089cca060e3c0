// The two questions of the drill, each asked of a tenant of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { readJournal, readLedger } from './books.mjs';
import { Clients } from './clients.mjs';
import { compare } from './compare.mjs';
import { havoc } from './havoc.mjs';
import { TOTAL_MS } from './rig.mjs';

const NO_PRESSURE_USD = '1000000';
/** Until nothing is held and nobody's end is missing: leases, silent gateways, and a minute for records that were lost. */
const QUIET_MS = 150_000;
const LOOK_MS = 1_000;
/** What ended so shortly before a gateway was killed was not in the log yet. */
const SETTLING_MS = 5_000;
const PICOS = 1_000_000_000_000n;

/** Exact: a text of dollars has at most twelve decimals. */
export function picosOf(text) {
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const picos = BigInt(whole) * PICOS + BigInt(part.padEnd(12, '0').slice(0, 12));
  return sign ? -picos : picos;
}

async function load(rig, { tenant, mode, part, seed, seconds, clients: count, kills, stops, limit, log }) {
  const { tenant: id, key } = await rig.makeTenant(tenant);
  const prefix = `${part[0]}${mode.slice(0, 3)}`;
  const scope = { scope: { tenant: id }, period: 'total', limit_usd: limit };
  const budget = await rig.ask('POST', '/v1/budgets', scope);
  // others know of it within a second
  await sleep(1_500);
  const clients = new Clients({ prefix, seed, key, replicas: rig.replicas, count });
  const [from, killed] = [Date.now(), new Map(rig.replicas.map(({ name, kills: list }) => [name, list.length]))];
  const running = clients.run();
  const { postgres } = await havoc(rig, { seconds, seed: `${seed}/${tenant}`, kills, stops, log });
  const left = from + seconds * 1_000 - Date.now();
  if (left > 0) await sleep(left);
  clients.stop();
  await running;
  log(`${clients.calls.length} calls are over; waiting until nothing is held`);
  const quiet = await silence(rig, budget.id, log);
  const deaths = rig.replicas.flatMap(({ name, kills: list }) =>
    list.slice(killed.get(name)).map((at) => ({ name, at })),
  );
  return { tenant: id, prefix, budget: quiet, clients, postgres, deaths };
}

/** @returns the budget once nothing is held, or when that took too long */
async function silence(rig, id, log) {
  const began = Date.now();
  for (;;) {
    await sleep(LOOK_MS);
    const waited = Date.now() - began;
    // a ledger that is catching up does not say what is spent; whether it does in time is asked at the end
    const budget = await rig
      .ask('GET', `/v1/budgets/${id}`)
      .catch((error) => (waited > QUIET_MS ? Promise.reject(error) : undefined));
    if (!budget) continue;
    const open = await rig.doubles.open();
    const isQuiet = Number(budget.held_usd) === 0 && open === 0 && waited > TOTAL_MS;
    if (isQuiet || waited > QUIET_MS) {
      log(`held ${budget.held_usd}, spent ${budget.spent_usd} after ${Math.round(waited / 1_000)} s`);
      return { ...budget, quietMs: waited };
    }
  }
}

/** Nobody's end is missing any more: of what a dead gateway did the log says so. */
/** @param expected whether a call must be in the ledger */
async function settledBooks(rig, tenant, prefix, expected) {
  for (const until = Date.now() + QUIET_MS; ; await sleep(LOOK_MS)) {
    const ledger = await readLedger(rig.postgres.adminUrl, tenant);
    const journal = readJournal(rig.journal, prefix);
    const known = new Set(ledger.rows.map(({ name }) => name));
    const missing = journal.filter(({ call, cost }) => cost > 0n && expected(call) && !known.has(call));
    if (missing.length && Date.now() < until) continue;
    return { usage: await rig.ask('GET', `/v1/usage?tenant=${tenant}&limit=1000`), ledger, journal };
  }
}

async function bookkeeping(rig, round, mode) {
  const { tenant, prefix, clients, deaths } = round;
  // where calls are not on record before they leave, those of a gateway that is killed are lost with it
  const mayBeLost = ({ replica, at, ended }) =>
    mode === 'standard' &&
    deaths.some(({ name, at: died }) => name === replica && at <= died && ended >= died - SETTLING_MS);
  const expected = new Set(clients.calls.filter((call) => !mayBeLost(call)).map(({ name }) => name));
  const { usage, ledger, journal } = await settledBooks(rig, tenant, prefix, (name) => expected.has(name));
  const reported = usage.data.reduce((total, { cost_usd }) => total + picosOf(cost_usd), 0n);
  return {
    ...compare(clients.calls, journal, ledger.rows, mayBeLost),
    sums: { ...ledger.sums, report: reported },
    rows: ledger.rows.length,
  };
}

/** Everybody spends one budget that is too small. */
export async function budgetRound(rig, options) {
  const round = await load(rig, options);
  const ends = await toTheEnd(rig, round);
  const books = await bookkeeping(rig, round, options.mode);
  return { ...options, kind: 'budget', ...summary(round), ends, limitPicos: picosOf(options.limit), books };
}

/** Nobody is refused for money. */
export async function ledgerRound(rig, options) {
  const round = await load(rig, { ...options, limit: NO_PRESSURE_USD });
  return { ...options, kind: 'ledger', ...summary(round), books: await bookkeeping(rig, round, options.mode) };
}

function summary({ budget, clients, postgres, deaths }) {
  const ends = Map.groupBy(clients.calls, ({ end, status }) => (end === 'refused' ? `refused ${status}` : end));
  return {
    budget,
    postgres,
    deaths,
    calls: clients.calls.length,
    clientEnds: Object.fromEntries(Array.from(ends, ([end, list]) => [end, list.length])),
  };
}

/** What is left of a budget can be spent: smaller and smaller calls are let in until not even the smallest fits. */
async function toTheEnd(rig, { budget, clients }) {
  const sizes = [
    { words: 200, maxTokens: 100 },
    { words: 20, maxTokens: 16 },
    { words: 1, maxTokens: 1 },
  ];
  let answered = 0;
  for (const size of sizes)
    for (;;) {
      const kind = { door: 'chat', stream: false, model: 'fast', marked: false, ...size };
      const { end, status, text } = await clients.make(rig.replicas[answered % rig.replicas.length], kind, () => 0.5);
      if (end === 'whole') answered++;
      else if (status === 402) {
        const last = JSON.parse(text).error;
        if (size === sizes.at(-1)) return { answered, last, budget: await rig.ask('GET', `/v1/budgets/${budget.id}`) };
        break;
      }
      // a fault of the provider: again
    }
}
