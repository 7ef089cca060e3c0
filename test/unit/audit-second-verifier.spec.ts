import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseVkey } from '../../src/features/audit/format/vkey';
import type { Report } from '../../src/features/audit/verifier/report';
import { verifyBundle } from '../../src/features/audit/verifier/verify-bundle';
import { examples } from '../support/audit-examples';
import { Dice, membersOf, MUTATIONS, tarOf } from '../support/audit-mutations';

const SCRIPT = resolve(__dirname, '../../tools/verify_audit.py');
const EACH = 80;
/** Where there is no Python there is no second verifier to compare with. */
const hasPython = spawnSync('python3', ['--version']).status === 0;

interface Second extends Pick<Report, 'verdict' | 'size' | 'root' | 'entries' | 'batches' | 'writers' | 'content'> {
  readonly first_bad_index: number | null;
}

/** @param flags of the interpreter */
function second(
  files: readonly string[],
  vkey: string,
  checkpoint: string | undefined,
  more: readonly string[],
  flags: readonly string[] = [],
): Second[] {
  const kept = checkpoint === undefined ? [] : ['--checkpoint', checkpoint];
  const args = [...flags, SCRIPT, ...files, '--vkey', vkey, ...kept, ...more];
  const { stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8', maxBuffer: 64_000_000 });
  if (stderr) throw new Error(stderr);
  return files.length > 1
    ? stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Second)
    : [JSON.parse(stdout) as Second];
}

/** What both verifiers must say. */
function facts(
  { verdict, size, root, entries, batches, writers, content, first_bad_index: first }: Second,
  sound: boolean,
): object {
  return sound ? { verdict, size, root, entries, batches, writers, content, first } : { verdict, first };
}

describe('the second verifier, in Python and from the document alone', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'second-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const first = async (
    bytes: Buffer,
    vkey: string,
    outside: string | undefined,
    withoutManifest: boolean,
  ): Promise<Second> => {
    const report = await verifyBundle(
      (async function* () {
        yield bytes;
      })(),
      {
        vkeys: [parseVkey(vkey)],
        withoutManifest,
        ...(outside !== undefined && { outside: [{ name: 'kept', text: outside }] }),
      },
    );
    return { ...report, first_bad_index: report.first_bad?.index ?? null };
  };

  it('agrees about sound bundles and bad ones, also where it must do its own cryptography', async () => {
    if (!hasPython) return;
    for (const [name, { bundle, vkey, outside }] of Object.entries(await examples())) {
      const file = join(folder, name);
      writeFileSync(file, bundle);
      const kept = outside === undefined ? undefined : join(folder, `${name}.checkpoint`);
      if (kept !== undefined) writeFileSync(kept, outside as string);
      const expected = await first(bundle, vkey, outside, false);
      // -S: without packages
      for (const flags of [[], ['-S']]) {
        const [found] = second([file], vkey, kept, [], flags);
        const sound = expected.verdict === 'verified';
        expect({ name, ...facts(found as Second, sound) }).toEqual({ name, ...facts(expected, sound) });
      }
    }
  }, 120_000);

  it(`agrees about ${3 * EACH} bundles that were tampered with`, async () => {
    if (!hasPython) return;
    const dice = new Dice(7);
    const all = await examples();
    for (const name of ['whole.tar', 'eventful.tar', 'selection.tar']) {
      const { bundle, vkey, outside } = all[name] as { bundle: Buffer; vkey: string; outside?: string };
      const members = await membersOf(bundle);
      const kept = outside === undefined ? undefined : join(folder, 'kept');
      if (kept !== undefined) writeFileSync(kept, outside as string);
      const tried: { how: string; file: string; expected: Second }[] = [];
      while (tried.length < EACH) {
        const how = dice.pick(Object.keys(MUTATIONS));
        const mutated = MUTATIONS[how]?.(members, dice);
        if (!mutated) continue;
        const file = join(folder, `${tried.length}.tar`);
        writeFileSync(file, tarOf(mutated));
        tried.push({ how, file, expected: await first(tarOf(mutated), vkey, outside, true) });
      }
      const found = second(
        tried.map(({ file }) => file),
        vkey,
        kept,
        ['--without-manifest'],
      );
      const differ = tried.flatMap(({ how, expected }, i) =>
        expected.verdict === found[i]?.verdict ? [] : [{ name, how, expected: expected.verdict, found: found[i] }],
      );
      expect(differ).toEqual([]);
    }
  }, 120_000);
});
