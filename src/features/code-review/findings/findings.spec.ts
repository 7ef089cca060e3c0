import type { Change } from '../diff/change';
import type { Finding } from './finding';
import { readFindings } from './read-findings';
import { report } from './report';
import { countBySeverity, uniqueFindings } from './unique-findings';

const CHANGE: Change = {
  path: 'src/a.ts',
  text: '',
  lines: new Map([
    [10, { text: '  const a = 1;', added: false }],
    [11, { text: '  const b = query(`x ${a}`);', added: true }],
    [12, { text: '  const a = 1;', added: true }],
  ]),
};
const given = (more: object) => ({
  findings: [
    {
      line: 11,
      code: 'const b = query(`x ${a}`);',
      severity: 'high',
      category: 'injection',
      title: 'SQL injection',
      explanation: 'e',
      suggestion: 's',
      ...more,
    },
  ],
});
const lineOf = (more: object) => readFindings(given(more), CHANGE, 'security').findings[0]?.line;

describe('a finding', () => {
  it.each([
    [{}, 11],
    [{ code: '    11 | +  const b = query(`x ${a}`);' }, 11],
    [{ code: '' }, 11],
    [{ code: 'query(' }, 11],
    [{ line: 99 }, 11],
    [{ line: 13, code: 'const a = 1;' }, 12],
    [{ line: 4, code: 'const a = 1;' }, 10],
    [{ line: 99, code: '' }, undefined],
    [{ code: 'eval(x)' }, undefined],
    [{ severity: 'fatal' }, undefined],
    [{ title: ' ' }, undefined],
  ])('is about a line that is in the diff: %j', (more, line) => expect(lineOf(more)).toBe(line));

  it('says whether its line was added, and is counted when it is dropped', () => {
    const { findings } = readFindings(given({ category: 'made-up' }), CHANGE, 'security');
    expect(findings).toMatchObject([{ file: 'src/a.ts', added: true, category: 'other', passes: ['security'] }]);
    expect(readFindings(given({ line: 99, code: '' }), CHANGE, 'security')).toEqual({ findings: [], dropped: 1 });
    expect(readFindings(undefined, CHANGE, 'style')).toEqual({ findings: [], dropped: 0 });
    expect(readFindings(given({}), CHANGE, 'style').dropped).toBe(1);
  });
});

const finding = (more: Partial<Finding>): Finding => ({
  file: 'a.ts', line: 1, added: true, severity: 'low', category: 'correctness', title: 'Off by one in the loop', explanation: '', suggestion: '', passes: ['logic'], ...more,
}); // prettier-ignore

describe('findings of several passes', () => {
  it('are one when they are about the same', () => {
    const unique = uniqueFindings([
      finding({ severity: 'low', passes: ['style'] }),
      finding({ severity: 'high', title: 'Loop is off by one', line: 2, category: 'other', passes: ['security'] }),
      finding({ title: 'Something else', category: 'naming' }),
      finding({ file: 'b.ts' }),
      finding({ line: 40 }),
    ]);
    expect(unique.map(({ file, line, severity, passes }) => [file, line, severity, passes])).toEqual([
      ['a.ts', 2, 'high', ['security', 'style']],
      ['a.ts', 1, 'low', ['logic']],
      ['a.ts', 40, 'low', ['logic']],
      ['b.ts', 1, 'low', ['logic']],
    ]);
    expect(countBySeverity(unique)).toEqual({ critical: 0, high: 1, medium: 0, low: 3, info: 0 });
  });
});

describe('the report', () => {
  const told = (findings: readonly Finding[], more: object = {}) =>
    report({ findings, files: { reviewed: 1, all: 2 }, missing: [], failOn: 'high', exitCode: 0, ...more });

  it('says what was found, where, and how it ended', () => {
    const text = told([finding({ severity: 'high', explanation: 'It skips the last.', suggestion: 'i <= n\nthen' })], {
      exitCode: 1,
    });
    expect(text).toBe(
      '# Code review\n\n1 high in 1 of 2 files. Failed: there are findings of severity high or worse.\n\n' +
        '## high: Off by one in the loop\n\n`a.ts:1` · correctness · logic\n\nIt skips the last.\n\n```\ni <= n\nthen\n```\n',
    );
    expect(told([])).toContain('No findings in 1 of 2 files. Passed.');
    expect(told([], { exitCode: 2, missing: ['a.ts, logic: busy'] })).toContain(
      '**Not everything was reviewed:**\n\n- a.ts, logic: busy',
    );
  });

  it('lets what models wrote make no links, pictures, mentions or markup', () => {
    const hostile = '![x](https://evil.example/?q=1) <img src=x> @everyone [a](b) `c` # d www.evil.example\n## e';
    const text = told([finding({ title: hostile, explanation: hostile, suggestion: '```\nout\n```', file: 'a`b.ts' })]);
    expect(text).not.toMatch(/(?<!\\)!\[|(?<!\\)\]\(|<img|@everyone|:\/\/|www\.|\n## e/);
    expect(text).toContain('````\n```\nout\n```\n````');
    expect(text).toContain('``a`b.ts:1``');
  });
});
