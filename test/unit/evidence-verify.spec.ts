import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const PACK = `
  import { writeTar } from ${JSON.stringify(join(ROOT, 'tools/evidence/tar.mjs'))};
  const [file, folder, ...names] = process.argv.slice(1);
  await writeTar(file, folder, names);`;

describe('the verification of an evidence pack', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evidence-'));
    mkdirSync(join(folder, 'chain'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** @param files by name; the manifest has all of them, unless it is given */
  function verified(files: Readonly<Record<string, string>>) {
    const digests = Object.entries(files).map(([name, text]) => [
      name,
      { sha256: createHash('sha256').update(text).digest('hex') },
    ]);
    const all = { 'manifest.json': JSON.stringify({ files: Object.fromEntries(digests) as unknown }), ...files };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
    return verify(packed('pack.tar', Object.keys(all)));
  }
  function packed(name: string, files: readonly string[]): string {
    const pack = join(folder, name);
    const args = ['--input-type=module', '-e', PACK, pack, folder, ...files];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ status: 0 });
    return pack;
  }
  function verify(pack: string) {
    const args = [join(ROOT, 'tools/evidence.mjs'), '--verify', pack, '--vkey', 'log+00000000+AAAA'];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stdout).toBe('the pack is not as it should be\n');
    return { status, problems: stderr.split('\n').filter((line) => line.startsWith('problem: ')) };
  }
  const entry = (id: string) => JSON.stringify({ index: 1, header: { entry_id: id } });

  it('names file and line of what is no entry, and what else is wrong', () => {
    const { status, problems } = verified({
      'access.ndjson': ['{"export":1}', entry('a'), '{"index":2,"hea', entry('b'), ''].join('\n'),
      'configuration.ndjson': ['{"export":1}', 'null', ''].join('\n'),
      'chain/bundle.tar': 'no tar',
    });
    expect(status).toBe(1);
    expect(problems).toEqual([
      expect.stringMatching(/^problem: the chain does not verify/),
      'problem: access.ndjson: line 3 is no entry',
      'problem: configuration.ndjson: line 2 is no entry',
      'problem: bundle.tar: the file ends too early',
      'problem: 1 entries are not those of the chain',
    ]);
  });

  it('does not take what is forged for an entry that stands beside it', () => {
    const header = (basis: string) => ({ entry_id: 'a', event: 'key.shred', metadata: { basis } });
    const line = (basis: string) => JSON.stringify({ index: 1, header: header(basis) });
    mkdirSync(join(folder, 'log/000000'), { recursive: true });
    const headers = 'log/000000/headers.ndjson';
    writeFileSync(join(folder, headers), `${JSON.stringify(header('end of contract'))}\n`);
    const bundle = readFileSync(packed('bundle', [headers]), 'utf8');
    const problemsOf = (...bases: string[]) =>
      verified({
        'rotations.ndjson': ['{"export":1}', ...bases.map(line), ''].join('\n'),
        'chain/bundle.tar': bundle,
      }).problems.slice(1);
    expect(problemsOf('end of contract')).toEqual([]);
    expect(problemsOf('forged', 'end of contract')).toEqual(['problem: 1 entries are not those of the chain']);
  });

  it.each(['', 'null', '{"files": 7}', '[{}]'])('says so when the manifest is %j', (manifest) => {
    const { status, problems } = verified({ 'manifest.json': manifest });
    expect([status, problems]).toEqual([1, ['problem: manifest.json: names no files']]);
  });

  it('says so when the file is no tar', () => {
    const pack = join(folder, 'pack.tar');
    writeFileSync(pack, 'x'.repeat(2_000));
    expect(verify(pack)).toEqual({ status: 1, problems: ['problem: pack.tar: it is no tar of a pack'] });
  });
});
