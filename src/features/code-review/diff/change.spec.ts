import { Random } from '../../../../test/support/hostile/random';
import { changesOf } from './change';
import type { DiffFile, DiffLine } from './diff-file';
import { excluded, matches } from './excluded';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const KINDS = ['context', 'added', 'removed'] as const;

function fileOf(random: Random): DiffFile {
  let [oldLine, newLine] = [1, 1];
  const hunks = Array.from({ length: 1 + random.below(5) }, () => {
    oldLine += random.below(50);
    newLine += random.below(50);
    const lines = Array.from({ length: 1 + random.below(40) }, (): DiffLine => {
      const kind = random.pick(KINDS);
      const text = 'x'.repeat(random.below(120));
      if (kind === 'added') return { kind, text, newLine: newLine++ };
      if (kind === 'removed') return { kind, text, oldLine: oldLine++ };
      return { kind, text, oldLine: oldLine++, newLine: newLine++ };
    });
    return { section: random.chance(0.5) ? 'f()' : '', lines };
  });
  return { path: 'a.ts', status: 'modified', binary: false, hunks };
}

describe(`the changes of a file (SEED=${SEED})`, () => {
  it('hold every line once, with its number, and are no larger than they may be', () => {
    const random = new Random(SEED);
    for (let round = 0; round < 100; round++) {
      const file = fileOf(random);
      const changes = changesOf(file, 50 + random.below(400));
      const all = file.hunks.flatMap(({ lines }) => lines);
      const fresh = all.filter(({ newLine }) => newLine !== undefined);
      expect(changes.flatMap(({ lines }) => [...lines.keys()])).toEqual(fresh.map(({ newLine }) => newLine));
      const shown = changes.flatMap(({ text }) => text.split('\n')).filter((line) => !line.startsWith('@@'));
      expect(shown.map((line) => line.slice(10))).toEqual(all.map(({ text }) => text));
      expect(shown.map((line) => Number(line.slice(0, 6)) || undefined)).toEqual(all.map(({ newLine }) => newLine));
    }
  });

  it('show a model where it is', () => {
    const lines: DiffLine[] = [
      { kind: 'context', text: 'a', oldLine: 9, newLine: 10 },
      { kind: 'removed', text: 'b', oldLine: 10 },
      { kind: 'added', text: 'c', newLine: 11 },
    ];
    const [change] = changesOf(
      { path: 'a.ts', status: 'modified', binary: false, hunks: [{ section: 'f()', lines }] },
      100,
    );
    expect(change?.text).toBe('@@ f()\n    10 |  a\n       | -b\n    11 | +c');
    expect(change?.lines.get(11)).toEqual({ text: 'c', added: true });
  });
});

describe('files that are not reviewed', () => {
  it.each([
    ['package-lock.json', [], 'generated'],
    ['web/app.min.js', [], 'generated'],
    ['src/a.ts', [], undefined],
    ['src/gen/a.ts', ['src/gen/*'], 'excluded'],
    ['src/a.pb.ts', ['*.pb.*'], 'excluded'],
    ['go.sum', ['go.sum'], 'excluded'],
  ] as const)('%s %j: %s', (path, own, why) => expect(excluded(path, own)).toBe(why));

  it('are matched whole, and in linear time', () => {
    expect(matches('a*b*c', 'axxbyyc')).toBe(true);
    expect(matches('a*b*c', 'axxbyyd')).toBe(false);
    expect(matches('ab*ab', 'ab')).toBe(false);
    expect(matches('*', '')).toBe(true);
    expect(matches('a', 'aa')).toBe(false);
    const started = process.cpuUsage();
    matches('*a'.repeat(150), 'a'.repeat(4_000));
    matches(`${'*a'.repeat(149)}*b`, 'a'.repeat(4_000));
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(200);
  });
});
