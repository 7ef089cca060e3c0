// Checks the manifests in config/kubernetes, or in the folders that are named: against the schemas of Kubernetes, and whether they find each
// other. Needs no cluster and no network; where kubectl is installed, what it makes of them is checked as well.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readKustomization } from './kubernetes/kustomization.mjs';
import { referenceErrors } from './kubernetes/reference-errors.mjs';
import { schemaErrors } from './kubernetes/schema-errors.mjs';

const SHIPPED = ['base', 'production'].map((name) =>
  join(resolve(import.meta.dirname, '..'), 'config', 'kubernetes', name),
);

/** @returns what kubectl makes of a folder; nothing where there is no kubectl */
function rendered(folder) {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  if (error) return [];
  if (status !== 0) throw new Error(`kubectl kustomize ${folder}: ${stderr.trim()}`);
  return parseAllDocuments(stdout).map((document) => ({ name: `rendered ${folder}`, manifest: document.toJS() }));
}

function check(folder) {
  const { manifests, problems } = readKustomization(folder);
  const whole = manifests.filter(({ isPatch }) => !isPatch).map(({ manifest }) => manifest);
  const asRendered = problems.length ? [] : rendered(folder);
  return [...problems, ...schemaErrors([...manifests, ...asRendered]), ...referenceErrors(whole)];
}

const folders = process.argv.length > 2 ? process.argv.slice(2) : SHIPPED;
const problems = folders.flatMap(check);
for (const problem of problems) console.log(problem);
if (!problems.length) console.log(`${folders.length} kustomizations: ok`);
process.exit(problems.length ? 1 : 0);
