// How long reports take: each is asked a number of times with the ledger out of memory, and as often again with it there.
import { rowsOf } from './questions.mjs';

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

/**
 * @param {[title: string, path: string][]} questions
 * @param {object} how
 * @param {(path: string) => Promise<Response>} how.ask
 * @param {() => Promise<void>} how.forget takes the ledger out of memory
 * @param {number} how.rounds
 * @param {(cells: string[]) => void} how.onReport
 * @returns {Promise<string[][]>} title, rows, then p50 and p95 in milliseconds, cold and warm
 */
export async function askAll(questions, { ask, forget, rounds, onReport }) {
  const found = [];
  for (const [title, path] of questions) {
    const [cold, warm] = [[], []];
    let rows = 0;
    const timed = async (times) => {
      const started = performance.now();
      rows = await rowsOf(await ask(path));
      times.push(performance.now() - started);
    };
    for (let round = 0; round < rounds; round++) {
      await forget();
      await timed(cold);
    }
    for (let round = 0; round < rounds; round++) await timed(warm);
    const cells = [title, rows.toLocaleString('en-US'), ...quantiles(cold), ...quantiles(warm)];
    onReport(cells);
    found.push(cells);
  }
  return found;
}

function quantiles(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return [0.5, 0.95].map((q) => quantile(sorted, q).toFixed(1));
}
