import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was looked at while the check was written, and what was left for the end. */
const SETS = [
  { name: 'PAWS-X en, dev', file: 'paws-dev-en.tsv', of: bare },
  { name: 'PAWS-X es, dev', file: 'paws-dev-es.tsv', of: bare },
  { name: 'MRPC, train', file: 'mrpc-train.txt', of: mrpc },
  { name: 'PAWS-X en, test', file: 'paws-test-en.tsv', of: bare, isHeldOut: true },
  { name: 'PAWS-X es, test', file: 'paws-test-es.tsv', of: bare, isHeldOut: true },
  { name: 'MRPC, test', file: 'mrpc-test.txt', of: mrpc, isHeldOut: true },
];

/** `[{ name, pairs: [{ a, b, same }], isHeldOut }]` of the files that are there. */
export function pairSets(folder) {
  return SETS.flatMap(({ name, file, of, isHeldOut = false }) => {
    const path = join(folder, file);
    return existsSync(path) ? [{ name, pairs: rowsOf(path).flatMap(of), isHeldOut }] : [];
  });
}

/** Questions of customers by intent, `{ known, asked }` of `{ text, intent }`; undefined when they are not there. */
export function intents(folder) {
  const [train, test] = ['banking77-train.csv', 'banking77-test.csv'].map((file) => join(folder, file));
  if (!existsSync(train) || !existsSync(test)) return undefined;
  const of = (file) =>
    csv(readFileSync(file, 'utf8'))
      .slice(1)
      .map(([text, intent]) => ({ text: text.trim(), intent }));
  return { known: of(train), asked: of(test) };
}

/** `sentence1 sentence2 label` */
function bare([a, b, label]) {
  return label === '0' || label === '1' ? [{ a, b, same: label === '1' }] : [];
}

/** `label id id sentence sentence`, under a heading */
function mrpc([label, , , a, b]) {
  return bare([a, b, label]);
}

function rowsOf(path) {
  const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  return text.split(/\r?\n/).flatMap((line) => (line ? [line.split('\t')] : []));
}

/** RFC 4180. */
function csv(text) {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const rows = [[]];
  while (cell.lastIndex < text.length) {
    const [, quoted, plain, end] = cell.exec(text) ?? fail();
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

function fail() {
  throw new Error('not CSV');
}
