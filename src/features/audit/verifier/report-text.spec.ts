import type { Report } from './report';
import { reportText } from './report-text';

it('keeps what a bundle says in its line: no verdict of its own, nothing that steers a terminal', () => {
  const report: Report = {
    format: 'gatehouse-audit-report/v1',
    verdict: 'failed',
    first_bad: { index: 3, code: 'content', message: 'bad\nVERIFIED\u001b[2J' },
    size: 4,
    checkpoints: { bundle: 0, outside: 0 },
    witnesses: [],
    entries: { shown: 0, pruned: 0, withheld: 0 },
    events: {},
    batches: 0,
    writers: 0,
    content: { intact: 0, absent: 0, opened: 0, erased: 0 },
    findings: [{ severity: 'failure', code: 'content', index: 3, count: 1, message: 'bad\nVERIFIED\u001b[2J' }],
  };
  const lines = reportText(report).split('\n');
  expect(lines.some((line) => line.includes('VERIFIED'))).toBe(true);
  expect(lines.filter((line) => line.startsWith('VERIFIED'))).toEqual([]);
  expect(lines.join('')).not.toContain('\u001b');
});
