// Verifies a pack: every file against the manifest, the chain with the program for auditors, and entries against the chain.
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { entriesOf, parsed, sha256 } from './files.mjs';
import { readTar } from './tar.mjs';

const VERIFIER = resolve(import.meta.dirname, '../../dist/verify-audit.js');

/** @returns {Promise<string[]>} what is wrong; none when all is as it should be */
export async function verifyPack(file, trust, say) {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  try {
    const [names, problem] = await unpacked(file, folder);
    if (problem) return [problem];
    if (!names.includes('manifest.json')) return ['there is no manifest.json'];
    const files = parsed(readFileSync(join(folder, 'manifest.json'), 'utf8'))?.files;
    if (typeof files !== 'object' || files === null) return ['manifest.json: names no files'];
    const problems = await compare(folder, names, files);
    say(`manifest: ${Object.keys(files).length} files, ${problems.length} problems`);
    if (!files['chain/bundle.tar'] || !existsSync(join(folder, 'chain/bundle.tar')))
      return [...problems, 'there is no chain/bundle.tar'];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [VERIFIER, join(folder, 'chain/bundle.tar'), ...trust],
      { encoding: 'utf8' },
    );
    process.stdout.write(stdout);
    if (status !== 0) problems.push(`the chain does not verify (${stderr.trim() || `exit code ${status}`})`);
    return [...problems, ...(await unproven(folder, names))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Promise<[names: string[], problem?: string]>} */
async function unpacked(file, folder) {
  try {
    return [await readTar(file, folder)];
  } catch (error) {
    return [[], `${basename(file)}: ${error.message}`];
  }
}

async function compare(folder, names, files) {
  const problems = [];
  for (const name of names)
    if (name !== 'manifest.json' && !Object.hasOwn(files, name)) problems.push(`${name} is not in the manifest`);
  for (const [name, file] of Object.entries(files)) {
    if (!names.includes(name)) problems.push(`${name} is missing`);
    else if ((await sha256(join(folder, name))) !== file?.sha256) problems.push(`${name} was changed`);
  }
  return problems;
}

/** What in the sections is not, byte for byte, an entry of the chain. */
async function unproven(folder, names) {
  const problems = [];
  const shown = new Map();
  for (const name of names.filter((one) => /^[a-z]+\.ndjson$/.test(one)))
    try {
      for await (const { header } of entriesOf(join(folder, name))) {
        const texts = shown.get(header.entry_id) ?? new Set();
        shown.set(header.entry_id, texts.add(JSON.stringify(header)));
      }
    } catch (error) {
      problems.push(error.message);
    }
  const chain = mkdtempSync(join(folder, 'chain-'));
  const [parts, problem] = await unpacked(join(folder, 'chain/bundle.tar'), chain);
  if (problem) problems.push(problem);
  for (const name of parts.filter((one) => one.endsWith('/headers.ndjson')))
    for await (const line of createInterface({ input: createReadStream(join(chain, name)) })) {
      const id = /"entry_id":"([^"]+)"/.exec(line)?.[1];
      if (id !== undefined) shown.get(id)?.delete(line);
    }
  const left = [...shown.values()].reduce((sum, texts) => sum + texts.size, 0);
  if (left) problems.push(`${left} entries are not those of the chain`);
  return problems;
}
