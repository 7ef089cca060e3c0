import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** @returns {object[]} @throws when a file is no YAML */
function documents(file) {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    if (document.errors.length) throw new Error(`${file}: ${document.errors[0].message}`);
    return document.toJS();
  });
}

/**
 * What a kustomization and those that it builds on are made of.
 * @returns {{manifests: {name: string, manifest: object, isPatch?: boolean}[], problems: string[]}}
 */
export function readKustomization(folder) {
  const [{ resources = [], patches = [], configMapGenerator = [] }] = documents(join(folder, 'kustomization.yaml'));
  const found = { manifests: [], problems: [] };
  const missing = (file) => found.problems.push(`${folder}/kustomization.yaml: there is no ${file}`);
  const read = (file, isPatch) => {
    const path = join(folder, file);
    const name = (manifest) =>
      `${basename(dirname(path))}/${basename(path)} ${manifest?.kind} ${manifest?.metadata?.name}`;
    if (!existsSync(path)) missing(file);
    else found.manifests.push(...documents(path).map((manifest) => ({ name: name(manifest), manifest, isPatch })));
  };
  for (const resource of resources)
    if (existsSync(join(folder, resource, 'kustomization.yaml'))) {
      const { manifests, problems } = readKustomization(join(folder, resource));
      found.manifests.push(...manifests);
      found.problems.push(...problems);
    } else read(resource, false);
  for (const { path } of patches) read(path, true);
  for (const { files = [] } of configMapGenerator)
    for (const file of files) if (!existsSync(join(folder, file))) missing(file);
  return found;
}
