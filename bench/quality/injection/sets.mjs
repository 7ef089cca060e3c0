import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spelt } from './spellings.mjs';
import { passagesOfStrangers } from './strangers.mjs';

const ROOT = join(import.meta.dirname, '../../..');
const here = (name) => JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8'));

/**
 * @typedef {{ title: string, kind: 'attacks' | 'benign', tune: boolean, rows: { text: string, family: string }[] }} TextSet
 * `tune`: what went wrong in it was looked at while the rules were written.
 */

/** @returns {TextSet[]} texts of our own, by half */
export function ownSets() {
  const benign = {
    ordinary: here('benign'),
    'with trigger words': here('benign-triggers'),
    documents: here('benign-documents'),
  };
  const benignRows = Object.entries(benign).flatMap(([name, rows]) =>
    rows.map((row) => ({ ...row, family: row.language ? `${name}, ${row.language}` : name })),
  );
  const further = here('attacks-further').map((row) => ({ ...row, family: `${row.family}, ${row.language}` }));
  return ['tune', 'held-out'].flatMap((split) => {
    const of = (rows) => rows.filter((row) => row.split === split);
    const plain = of(here('attacks')).filter(({ family }) => ['override', 'extraction'].includes(family));
    const tune = split === 'tune';
    return [
      { title: `Attacks of our own, ${split}`, kind: 'attacks', tune, rows: of(here('attacks')) },
      { title: `Further attacks of our own, ${split}`, kind: 'attacks', tune, rows: of(further) },
      { title: `Attacks in every spelling, ${split}`, kind: 'attacks', tune, rows: spelt(plain) },
      { title: `Benign texts of our own, ${split}`, kind: 'benign', tune, rows: of(benignRows) },
    ];
  });
}

/** @returns {TextSet[]} what the packages that this repository depends on say of themselves, in pieces of 4,000 characters */
export function readMeFiles() {
  const files = globSync('node_modules/{*,@*/*}/*.md', { cwd: ROOT }).sort();
  const rows = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8').slice(0, 40_000);
    return Array.from({ length: Math.ceil(text.length / 4_000) }, (_, i) => ({
      text: text.slice(i * 4_000, (i + 1) * 4_000),
      family: 'read-me files',
    }));
  });
  return [{ title: 'Read-me files of dependencies', kind: 'benign', tune: true, rows }];
}

/** @returns {TextSet[]} documents of strangers that hold trigger words, by half */
export function strangersSets(folder) {
  const rows = passagesOfStrangers(folder);
  return ['tune', 'held-out'].map((split) => ({
    title: `Documents of strangers with trigger words, ${split}`,
    kind: 'benign',
    tune: split === 'tune',
    rows: rows.filter((row) => row.split === split),
  }));
}

/** @param file PIGuard's valid.json. @returns {TextSet[]} it, and what lies beside it without what is in it */
export function piguardSets(file) {
  const valid = JSON.parse(readFileSync(file, 'utf8')).map(({ prompt, label, source }) => ({
    text: prompt,
    label,
    family: source,
  }));
  const known = new Set(valid.map(({ text }) => text));
  const beside = (names) =>
    names.flatMap((name) => {
      const other = join(dirname(file), `${name}.json`);
      if (!existsSync(other)) return [];
      const read = JSON.parse(readFileSync(other, 'utf8'));
      const texts = Array.isArray(read) ? read.map(({ prompt }) => prompt) : Object.values(read).flat();
      return texts.filter((text) => !known.has(text)).map((text) => ({ text, family: name }));
    });
  const labelled = (label) => valid.filter((row) => row.label === label);
  const notInject = ['NotInject_one', 'NotInject_two', 'NotInject_three'];
  return [
    { title: 'PIGuard valid.json, attacks', kind: 'attacks', tune: true, rows: labelled(1) },
    { title: 'PIGuard valid.json, benign', kind: 'benign', tune: true, rows: labelled(0) },
    {
      title: 'BIPIA, what is not in valid.json',
      kind: 'attacks',
      tune: false,
      rows: beside(['BIPIA_text', 'BIPIA_code']),
    },
    { title: 'NotInject, what is not in valid.json', kind: 'benign', tune: false, rows: beside(notInject) },
  ];
}

/** @param folder Tensor Trust's benchmarks, of which every second line is for tuning. @returns {TextSet[]} */
export function tensorTrustSets(folder) {
  return ['tune', 'held-out'].map((split, at) => ({
    title: `Tensor Trust, ${split}`,
    kind: 'attacks',
    tune: split === 'tune',
    rows: ['extraction', 'hijacking'].flatMap((kind) =>
      readFileSync(join(folder, `${kind}-robustness/v1/${kind}_robustness_dataset.jsonl`), 'utf8')
        .split('\n')
        .filter((line, i) => line && i % 2 === at)
        .map((line) => ({ text: JSON.parse(line).attack, family: kind })),
    ),
  }));
}

/** @returns {TextSet[]} every set whose files are there */
export function allSets({ piguard, 'tensor-trust': tensorTrust, strangers }) {
  return [
    ...ownSets(),
    ...readMeFiles(),
    ...(strangers ? strangersSets(strangers) : []),
    ...(piguard ? piguardSets(piguard) : []),
    ...(tensorTrust ? tensorTrustSets(tensorTrust) : []),
  ];
}
