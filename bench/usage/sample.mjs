// Calls of every day through the projector, and set-wise into another ledger: every row of every table must be the same.
import { fill } from './fill.mjs';
import { project } from './projector.mjs';

const TABLES = ['spend', 'spend_days', 'spend_model_days', 'spend_totals'];

/**
 * @param {{client: import('pg').Client, url: string}} projected an empty ledger
 * @param {{client: import('pg').Client}} summed another one
 * @param {import('./calls.mjs').Month} month
 * @param {number} size about how many calls
 * @returns {Promise<Record<string, number>>} how many rows of each table were compared
 * @throws Error that shows the first difference
 */
export async function compareSample(projected, summed, month, size) {
  const step = Math.max(1, Math.floor(month.count / size));
  await project(projected.client, projected.url, month, 0, month.count, step);
  await fill(summed.client, month, { step });
  const counts = {};
  for (const table of TABLES) {
    const [theirs, ours] = await Promise.all([projected, summed].map(({ client }) => texts(client, table)));
    const at = theirs.findIndex((text, i) => text !== ours[i]);
    if (at >= 0) throw new Error(`${table}: ${difference(theirs[at], ours[at])}`);
    if (theirs.length !== ours.length)
      throw new Error(`${table}: ${theirs.length} rows of the projector, ${ours.length} set-wise`);
    counts[table] = theirs.length;
  }
  return counts;
}

async function texts(client, table) {
  const { rows } = await client.query(`select to_json(t)::text as text from ${table} t order by 1`);
  return rows.map(({ text }) => text);
}

/** What of two rows is not the same. */
function difference(projected, summed = '{}') {
  const [theirs, ours] = [projected, summed].map((text) => JSON.parse(text));
  const names = Object.keys(theirs).filter((name) => JSON.stringify(theirs[name]) !== JSON.stringify(ours[name]));
  const told = names.map(
    (name) => `${name} is ${JSON.stringify(theirs[name])}, set-wise ${JSON.stringify(ours[name])}`,
  );
  return `${told.join('; ')} in ${projected}`;
}
