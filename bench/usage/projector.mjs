// The same calls as the product's own ledger takes them, a stretch at a time.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CALLS, callsFrom } from './calls.mjs';

const require = createRequire(import.meta.url);
const dist = (path) => require(join(import.meta.dirname, '../../dist', path));
const { Ledger } = dist('features/cost/ledger/ledger.store.js');
const { SpendHooks } = dist('features/cost/ledger/spend-hooks.js');
const { ledgerRow } = dist('features/cost/ledger/spend-row.js');

/** As many as the projector takes. */
const TOGETHER = 2_000;

/**
 * Projects calls of a month, from number `first` until `until`, each `step`th.
 * @param {import('pg').Client} client makes the calls up
 * @param {string} url of the ledger
 * @param {import('./calls.mjs').Month} month
 * @returns {Promise<number[]>} for each full stretch, microseconds a call
 */
export async function project(client, url, month, first, until, step = 1) {
  const ledger = new Ledger(url, new SpendHooks());
  const micros = [];
  try {
    let from = await ledger.cursor();
    for (let begin = first; begin < until; begin += TOGETHER * step) {
      const next = Math.min(until, begin + TOGETHER * step);
      const rows = (await client.query(CALLS, callsFrom(month, begin, next - 1, step))).rows.map(ledgerRow);
      const started = performance.now();
      await ledger.project({ from, next, rows, ended: [] });
      if (rows.length === TOGETHER) micros.push(((performance.now() - started) * 1_000) / rows.length);
      from = next;
    }
  } finally {
    await ledger.close();
  }
  return micros;
}
