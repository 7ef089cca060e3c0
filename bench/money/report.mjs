// What the drill found, in words and figures; a promise that was broken fails it.
import { totals } from './compare.mjs';

const SHOWN = 20;

/** Dollars to the micro-dollar, from picodollars. */
export function dollars(picos) {
  const [sign, size] = picos < 0n ? ['-', -picos] : ['', picos];
  return `${sign}$${size / 1_000_000_000_000n}.${(size % 1_000_000_000_000n).toString().padStart(12, '0').slice(0, 8)}`;
}
const micros = (picos) => `${(Number(picos) / 1e6).toFixed(3)} µ$`;
const share = (part, whole) => (whole ? `${((100 * Number(part)) / Number(whole)).toFixed(2)} %` : '–');

/** @returns {{text: string, kept: boolean}} */
export function report(rounds, { clients, seconds, seed }) {
  const parts = rounds.map(section);
  const promises = parts.flatMap(({ promises: list }) => list);
  const broken = promises.filter(({ kept }) => !kept);
  const lines = [
    `${clients} clients, three gateways, ${seconds} s each, seed ${seed}.`,
    ...parts.map(({ text }) => text),
    '',
    ...promises.map(({ kept, name, found }) => `${kept ? 'kept  ' : 'BROKEN'}  ${name}: ${found}`),
    '',
    broken.length ? `${broken.length} promises were broken.` : 'Every promise was kept.',
  ];
  return { text: `${lines.join('\n')}\n`, kept: !broken.length };
}

function section(round) {
  const { kind, mode, calls, clientEnds, deaths, postgres, books } = round;
  const lines = [
    '',
    `## ${kind === 'budget' ? 'One budget for all' : 'No pressure'}, mode ${mode}`,
    '',
    `${calls} calls; as their clients saw it: ${Object.entries(clientEnds)
      .map(([end, n]) => `${n} ${end}`)
      .join(', ')}`,
    `${deaths.length} gateways killed, PostgreSQL stopped at once ${postgres.length} times`,
    ...Object.entries(books.kinds).map(([name, list]) => line(name, totals(list))),
    `failed attempts that were charged and followed by another: ${books.failed.length}, ${dollars(books.failed.reduce((sum, { cost }) => sum + cost, 0n))}`,
    `all in all the providers charge ${dollars(books.charged)}, the ledger has ${dollars(books.booked)}`,
    ...off(books.kinds.estimated),
  ];
  return { text: lines.join('\n'), promises: promisesOf(round) };
}

function line(name, { count, charged, booked, off: distance }) {
  return `${name.padEnd(9)} ${String(count).padStart(6)} calls: charged ${dollars(charged)}, booked ${dollars(booked)}, differences ${dollars(distance)} (${share(distance, charged)})`;
}

/** The widest of the differences. */
function off(list) {
  const size = ({ difference }) => Math.abs(Number(difference));
  return list
    .toSorted((a, b) => size(b) - size(a))
    .slice(0, SHOWN)
    .map(({ call, client, own, row, difference }) => {
      const counted = own
        ? `${own.counts.input + own.counts.cacheRead + own.counts.cacheWrite + own.counts.cacheWriteLong}/${own.counts.output}`
        : '–';
      return `  ${call} ${row.outcome} (${client}, ${own?.provider ?? '–'} ${own?.stream ? 'stream' : 'json'} ${own?.fault ?? ''} ${own?.end ?? ''}): tokens ${row.input}/${row.output}, counted ${counted}, ${micros(difference)}`;
    });
}

function promisesOf(round) {
  const { books, budget, kind } = round;
  const name = (text) => `${kind} ${round.mode}: ${text}`;
  const exact = totals(books.kinds.exact);
  const same = Object.values(books.sums).every((sum) => sum === books.booked);
  return [
    {
      name: name('every call is in the ledger once, and as what it is'),
      found: listed(books.wrong),
      kept: !books.wrong.length,
    },
    {
      name: name('what providers told is in the ledger to the last digit'),
      found: `${exact.count} calls, ${dollars(exact.booked)} against ${dollars(exact.charged)}`,
      kept: exact.booked === exact.charged && exact.off === 0n && exact.count > 0,
    },
    {
      name: name('rows, sums and reports agree'),
      found: Object.entries(books.sums)
        .map(([sum, picos]) => `${sum} ${dollars(picos)}`)
        .join(', '),
      kept: same,
    },
    {
      name: name('nothing is held afterwards'),
      found: `${budget.held_usd} after ${Math.round(budget.quietMs / 1_000)} s`,
      kept: Number(budget.held_usd) === 0,
    },
    ...(kind === 'budget' ? budgetPromises(round, name) : []),
  ];
}

function budgetPromises({ books, limitPicos, ends }, name) {
  const { estimated, unknown, lost: unheard } = books.kinds;
  const beyond = (list) => list.reduce((sum, { difference }) => sum - (difference < 0n ? difference : 0n), 0n);
  const failed = books.failed.reduce((sum, { cost }) => sum + cost, 0n);
  // what a gateway held stops counting when it is dead, until the ledger has its calls
  const lost = totals(unknown);
  const ofKilled = lost.charged > lost.booked ? lost.charged : lost.booked;
  const ofLost = totals(unheard).charged;
  const bound = limitPicos + ofKilled + ofLost + beyond(estimated) + failed;
  return [
    {
      name: name('the ledger never has more than the limit and what killed gateways had under way'),
      found: `${dollars(books.booked)} of ${dollars(limitPicos)} and ${dollars(lost.booked)}`,
      kept: books.booked <= limitPicos + lost.booked,
    },
    {
      name: name('the providers charge no more than the limit and the stated bound'),
      found: `${dollars(books.charged)}; limit ${dollars(limitPicos)}, and ${dollars(bound - limitPicos)} that may go beyond: ${dollars(ofKilled + ofLost)} of killed gateways, ${dollars(beyond(estimated))} of calls cut off, ${dollars(failed)} of failed attempts`,
      kept: books.charged <= bound,
    },
    {
      name: name('the budget can be used to its end'),
      found: `${ends.answered} more answered, ${ends.budget.left_usd} left, held ${ends.budget.held_usd}, then: ${ends.last.message}`,
      kept: Number(ends.budget.held_usd) === 0,
    },
  ];
}

function listed(list) {
  if (!list.length) return '0 wrong';
  const plain = (_, value) => (typeof value === 'bigint' ? value.toString() : value);
  const shown = list.slice(0, SHOWN).map((one) => `\n    ${JSON.stringify(one, plain)}`);
  return `${list.length} wrong${shown.join('')}`;
}
