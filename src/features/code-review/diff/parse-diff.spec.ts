import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Random } from '../../../../test/support/hostile/random';
import { parseDiff } from './parse-diff';

const LIMITS = { bytes: 1_000_000, files: 50 };
const parse = (text: string) => parseDiff(text, LIMITS);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe('a unified diff', () => {
  it('has files, hunks and lines with their numbers on both sides', () => {
    const diff = `diff --git a/src/a.ts b/src/a.ts
index 1..2 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -3,4 +3,5 @@ function f() {
 const a = 1;
-const b = 2;
+const b = 3;
+const c = 4;
 
--- not a header
\\ No newline at end of file
`;
    const wrong = diff.replace('--- not', '--- still not');
    expect(() => parse(wrong.replace('-3,4 +3,5', '-3,3 +3,5'))).toThrow('diff: line 11');
    const [file, ...others] = parse(diff.replace('-3,4 +3,5', '-3,4 +3,4'));
    expect(others).toEqual([]);
    expect(file).toEqual({
      path: 'src/a.ts',
      status: 'modified',
      binary: false,
      hunks: [
        {
          section: 'function f() {',
          lines: [
            { kind: 'context', text: 'const a = 1;', oldLine: 3, newLine: 3 },
            { kind: 'removed', text: 'const b = 2;', oldLine: 4 },
            { kind: 'added', text: 'const b = 3;', newLine: 4 },
            { kind: 'added', text: 'const c = 4;', newLine: 5 },
            { kind: 'context', text: '', oldLine: 5, newLine: 6 },
            { kind: 'removed', text: '-- not a header', oldLine: 6, unended: true },
          ],
        },
      ],
    });
  });

  it.each([
    ['', 'holds no change'],
    ['Hello\nthere', 'holds no change'],
    ['--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a', 'line 5 ends in the middle of a hunk'],
    ['--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n+b\n+c\n', 'line 6 does not belong into the hunk'],
    ['--- a/x\n+++ b/x\n@@ what\n', 'line 3 is no header of a hunk'],
    ['--- a/x\n+++ b/x\n@@ -1,9999999999 +1 @@\n', 'line 3 is no header of a hunk'],
    ['diff --cc x\n@@@ -1 -1 +1 @@@\n', 'line 1 the diff of a merge'],
    [`--- a/${'x'.repeat(5_000)}\n+++ b/${'x'.repeat(5_000)}\n@@ -1 +1 @@\n-a\n+b\n`, 'has a path of more than'],
  ])('is refused by the line (%#)', (diff, problem) => {
    expect(() => parse(diff)).toThrow(problem);
    expect(() => parse(diff)).toThrow(expect.objectContaining({ code: 'invalid_request', facts: { param: 'diff' } }));
  });

  it('is bounded in bytes and files', () => {
    const one = (i: number) => `--- a/${i}\n+++ b/${i}\n@@ -1 +1 @@\n-a\n+b\n`;
    expect(parse(Array.from({ length: 50 }, (_, i) => one(i)).join(''))).toHaveLength(50);
    expect(() => parse(Array.from({ length: 51 }, (_, i) => one(i)).join(''))).toThrow(
      'has 51 files, and the limit is 50',
    );
    expect(() => parseDiff(one(1), { bytes: 10, files: 1 })).toThrow('and the limit is 10');
  });

  it('is read in linear time', () => {
    const started = process.cpuUsage();
    const many = 200_000;
    for (const text of [
      '@@'.repeat(many),
      '--- \n'.repeat(many),
      '"'.repeat(many),
      `diff --git "${'\\1'.repeat(many)}`,
      `Binary files ${' '.repeat(many)}`,
    ])
      expect(() => parse(text.length > 900_000 ? text.slice(0, 900_000) : `${text}\n`)).toThrow('diff');
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(3_000);
  });
});

describe(`what git writes (SEED=${SEED})`, () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'core.autocrlf=false', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'diff-'));
    git('init', '-q');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is understood: renames, copies, binary files, modes, strange names, no line ends', () => {
    const long = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n');
    write('old name.txt', long);
    write('bin', Buffer.from([0, 1, 2]));
    write('gone.ts', 'x\n');
    write('ünï "q"\t.txt', 'a\n');
    write('run.sh', 'x\n');
    write('b/b b/x y', '1\n2\n');
    git('add', '.');
    git('commit', '-qm', 'one');
    renameSync(join(folder, 'old name.txt'), join(folder, 'new name.txt'));
    write('new name.txt', long.replace('line 3', 'line three'));
    write('bin', Buffer.from([0, 9, 2]));
    rmSync(join(folder, 'gone.ts'));
    write('ünï "q"\t.txt', 'b');
    write('fresh.ts', 'new\n');
    write('empty', '');
    write('b/b b/x y', '1\n3\n');
    execFileSync('chmod', ['+x', join(folder, 'run.sh')]);
    git('add', '.');
    const files = parse(git('diff', '--cached', '-M'));
    expect(
      files.map(({ path, oldPath, status, binary, hunks }) => [path, oldPath, status, binary, hunks.length]),
    ).toEqual([
      ['b/b b/x y', undefined, 'modified', false, 1],
      ['bin', undefined, 'modified', true, 0],
      ['empty', undefined, 'added', false, 0],
      ['fresh.ts', undefined, 'added', false, 1],
      ['gone.ts', undefined, 'deleted', false, 1],
      ['new name.txt', 'old name.txt', 'renamed', false, 1],
      ['run.sh', undefined, 'modified', false, 0],
      ['ünï "q"\t.txt', undefined, 'modified', false, 1],
    ]);
    expect(files.at(-1)?.hunks[0]?.lines).toEqual([
      { kind: 'removed', text: 'a', oldLine: 1 },
      { kind: 'added', text: 'b', newLine: 1, unended: true },
    ]);
    expect(parse(git('diff', '--cached', '-M', '--binary')).map(({ path }) => path)).toEqual(
      files.map(({ path }) => path),
    );
  });

  it('has the lines of both files, whatever they are', () => {
    const random = new Random(SEED);
    const words = [
      '',
      'a',
      '+a',
      '-a',
      '--- a/x',
      '+++ b/x',
      '@@ -1 +1 @@',
      'diff --git a/x b/x',
      '\\ No newline at end of file',
      'é\u2028',
      '\tx',
    ];
    for (let round = 0; round < 8; round++) {
      const before = Array.from({ length: 5 + random.below(60) }, () => random.pick(words));
      const after = before.flatMap((line) =>
        random.chance(0.2) ? [] : random.chance(0.2) ? [random.pick(words), line] : [line],
      );
      write('f', before.join('\n'));
      git('add', '.');
      git('commit', '-qm', 'x', '--allow-empty');
      write('f', after.join('\n'));
      const diff = git('diff', `-U${random.below(5)}`);
      if (!diff) continue;
      const [file, ...others] = parse(diff);
      expect(others).toEqual([]);
      for (const { kind, text, oldLine, newLine } of file?.hunks.flatMap(({ lines }) => lines) ?? []) {
        expect(kind === 'added' || before[(oldLine ?? 0) - 1] === text).toBe(true);
        expect(kind === 'removed' || after[(newLine ?? 0) - 1] === text).toBe(true);
      }
    }
  });
});
