// The doubles' books against the ledger, call by call.

/**
 * What became of a call, as far as money goes.
 * - `exact`: the provider told what it counted, and the ledger has that
 * - `estimated`: it was cut off, or the provider told nothing, and the ledger says that it guessed
 * - `unknown`: its gateway was killed, and the ledger says that
 * - `lost`: its gateway was killed, and no log says that it ever had the call: only where the mode of the log does not promise that
 * - `free`: nobody charged, and the ledger has nothing or a row of zero
 * @typedef {'exact' | 'estimated' | 'unknown' | 'lost' | 'free'} Kind
 */

const sum = (list, of) => list.reduce((total, one) => total + of(one), 0n);
/** What was told of tries that another one followed, or that were all there was: it is charged whoever answered. */
const wastedOf = (exchanges) =>
  sum(
    exchanges.filter(({ toldPrompt }) => toldPrompt),
    ({ cost }) => cost,
  );
const charged = ({ counts }) => Object.values(counts).some((count) => count > 0);

/**
 * @param {import('./clients.mjs').Call[]} calls
 * @param {import('./double.mjs').Exchange[]} exchanges
 * @param {object[]} rows of the ledger
 * @param {(call: import('./clients.mjs').Call) => boolean} mayBeLost
 */
export function compare(calls, exchanges, rows, mayBeLost) {
  const byCall = Map.groupBy(exchanges, ({ call }) => call);
  const byName = Map.groupBy(rows, ({ name }) => name);
  const compared = calls.map((call) =>
    judge(call, byCall.get(call.name) ?? [], byName.get(call.name) ?? [], mayBeLost),
  );
  const names = new Set(calls.map(({ name }) => name));
  const strangers = rows
    .filter(({ name }) => !names.has(name))
    .map((row) => ({ call: row.name ?? row.callId, wrong: 'a row of the ledger that no client asked for', row }));
  const wrong = [...compared.filter((one) => one.wrong), ...strangers];
  const of = (kind) => compared.filter((one) => one.kind === kind);
  return {
    wrong,
    kinds: Object.fromEntries(['exact', 'estimated', 'unknown', 'lost', 'free'].map((kind) => [kind, of(kind)])),
    /** What the doubles charge for exchanges that another one followed: of these nobody tells the gateway. */
    failed: compared.flatMap(({ failed }) => failed).filter(({ toldPrompt }) => !toldPrompt),
    charged: sum(exchanges, ({ cost }) => cost),
    booked: sum(rows, ({ cost }) => cost ?? 0n),
  };
}

function judge(call, exchanges, rows, mayBeLost) {
  const paid = exchanges.filter(charged).sort((a, b) => a.at - b.at);
  const about = { call: call.name, client: call.end, replica: call.replica, at: call.at, ended: call.ended };
  if (rows.length > 1) return { ...about, wrong: 'more than one row in the ledger', rows, failed: [] };
  const [row] = rows;
  if (!row) {
    if (paid.length && mayBeLost(call)) {
      const [own, failed] = [paid.at(-1), paid.slice(0, -1)];
      return { ...about, kind: 'lost', own, failed, expected: own.cost + wastedOf(failed) };
    }
    const wrong = paid.length
      ? 'charged, and not in the ledger'
      : call.end === 'whole'
        ? 'answered, and not in the ledger'
        : undefined;
    return { ...about, kind: 'free', exchanges: paid, failed: [], ...(wrong && { wrong }) };
  }
  const wasted = wastedOf(paid);
  // all attempts failed, and nobody told what they used; whoever waited may have been told of an outage instead
  const failedAlone = row.outcome === 'withheld' && paid.every(({ end, counts }) => end === 'cut' && !counts.output);
  if (
    (row.outcome === 'failed' || row.outcome === 'abandoned' || failedAlone) &&
    row.cost === wasted &&
    !row.estimated &&
    paid.every(({ told, id }) => !told || id !== row.exchange)
  )
    return { ...about, row, kind: wasted ? 'exact' : 'free', expected: wasted, failed: paid };
  const own = paid.find(({ id }) => id === row.exchange) ?? paid.at(-1);
  const failed = paid.filter((exchange) => exchange !== own);
  const expected = (own?.cost ?? 0n) + wastedOf(failed);
  const found = { ...about, row, own, failed, expected, difference: (row.cost ?? 0n) - expected };
  if (row.cost === undefined) return { ...found, wrong: 'without a price' };
  if (row.outcome === 'unknown')
    return { ...found, kind: 'unknown', ...(!row.estimated && { wrong: 'unknown, and not marked as an estimate' }) };
  if (!own) {
    if (!row.cost) return { ...found, kind: 'free' };
    // it may have been under way to a double that never got it
    return { ...found, kind: 'estimated', ...(!row.estimated && { wrong: 'in the ledger, and nobody charged' }) };
  }
  if (row.estimated) {
    const known = own.told && call.end === 'whole';
    return { ...found, kind: 'estimated', ...(known && { wrong: 'estimated, although the provider told' }) };
  }
  const kind = 'exact';
  if (!own.told) return { ...found, kind, wrong: 'not marked as an estimate, and the provider told nothing' };
  if (found.difference !== 0n) return { ...found, kind, wrong: 'another cost than the provider told' };
  return { ...found, kind };
}

/** @returns {{count: number, charged: bigint, booked: bigint, off: bigint}} `off`: differences without their signs */
export function totals(list) {
  const distance = (value) => (value < 0n ? -value : value);
  return {
    count: list.length,
    charged: sum(list, ({ expected }) => expected ?? 0n),
    booked: sum(list, ({ row }) => row?.cost ?? 0n),
    off: sum(list, ({ difference }) => distance(difference ?? 0n)),
  };
}
