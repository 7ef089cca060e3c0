// Promises are kept in every run, or the command fails; targets are figures to reach, and are reported.

const WANTED = { available: 0.999, addedMs: 500, grownMegabytes: 30, grownShare: 0.1 };

const percent = (value) => `${(value * 100).toFixed(3)} %`;
const first = (list) => (list.length ? `${list.length}, first: ${JSON.stringify(list[0])}` : '0');

/** @returns {{name: string, found: string, kept: boolean}[]} */
export function promises({ records, promises: { hanging, grammar, wrong }, atRest, availability }) {
  // what a killed replica was doing has a record, and the record says that the outcome is not known
  const open = Math.max(0, records.open.length - availability.killed);
  return [
    { name: 'every call has a record', found: `${records.missing} without`, kept: records.missing === 0 },
    { name: 'every record is closed', found: `${open} open`, kept: open === 0 },
    { name: 'no call has two records', found: `${records.twice} have`, kept: records.twice === 0 },
    {
      name: 'records say what clients saw',
      found: first(records.contradicted),
      kept: records.contradicted.length === 0,
    },
    { name: 'no call hangs', found: first(hanging), kept: hanging.length === 0 },
    { name: 'every answer keeps its vendor’s grammar', found: first(grammar), kept: grammar.length === 0 },
    { name: 'every answer is what one provider said', found: first(wrong), kept: wrong.length === 0 },
    { name: 'no provider call is left running', found: `${atRest.exchanges} open`, kept: atRest.exchanges === 0 },
    {
      name: 'nothing is held at rest',
      found: first(atRest.gauges.map(({ name, labels, value }) => `${name} ${JSON.stringify(labels)} ${value}`)),
      kept: atRest.gauges.length === 0,
    },
  ];
}

/** @returns {{name: string, wanted: string, found: string, reached: boolean}[]} */
export function targets({ availability, latency, memory }) {
  const added = Math.max(...latency.map(({ gateway, upstream }) => gateway.p95 - upstream.p95));
  const grown = memory.filter(({ growth }) => growth !== undefined).toSorted((a, b) => b.growth - a.growth)[0];
  return [
    {
      name: 'answered usefully, without the declared rows',
      wanted: `≥ ${percent(WANTED.available)}`,
      found: percent(availability.withoutDeclared),
      reached: availability.withoutDeclared >= WANTED.available,
    },
    {
      name: 'p95 above the upstream’s own',
      wanted: `≤ ${WANTED.addedMs} ms`,
      found: `${added.toFixed(0)} ms`,
      reached: added <= WANTED.addedMs,
    },
    {
      name: 'memory grown since the warm-up',
      wanted: `< ${WANTED.grownMegabytes} MB or < ${WANTED.grownShare * 100} %`,
      found: `${grown.growth.toFixed(0)} MB, ${((100 * grown.growth) / grown.before).toFixed(0)} %`,
      reached: grown.growth < Math.max(WANTED.grownMegabytes, WANTED.grownShare * grown.before),
    },
  ];
}
