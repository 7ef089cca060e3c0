import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/features/audit/verifier/report';
import { bundleOf, ORIGIN, usualLog } from '../support/audit-corpus';
import { verifyAudit } from '../support/audit-programs';

describe('verify-audit', () => {
  const log = usualLog(20);
  const folder = mkdtempSync(join(tmpdir(), 'verify-audit-'));
  const path = (name: string) => join(folder, name);

  beforeAll(async () => {
    writeFileSync(path('good.tar'), await bundleOf(log, { keys: log.keysOf([3], 't_2') }));
    writeFileSync(path('bad.tar'), await bundleOf(log, { runs: log.batches.toSpliced(4, 1) }));
    writeFileSync(path('kept.txt'), log.checkpoint(20));
    writeFileSync(path('cut.tar'), (await bundleOf(log)).subarray(0, 9_000));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('ends with 0 and says what it found', () => {
    const { code, out, err } = verifyAudit(
      path('good.tar'),
      '--vkey',
      log.vkey,
      '--checkpoint',
      path('kept.txt'),
      '--html',
      path('r.html'),
      '--content',
      path('content'),
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^VERIFIED/);
    expect(out).toContain(ORIGIN);
    expect(out).toContain('1 opened with disclosed keys');
    expect(readFileSync(path('r.html'), 'utf8')).toContain('<h1 class="verified">');
    expect(JSON.parse(readFileSync(path('content'), 'utf8'))).toMatchObject({ index: 3, event: 'llm.request' });
  });

  it('ends with 1 and names the first bad entry', () => {
    const { code, out } = verifyAudit(path('bad.tar'), '--vkey', log.vkey, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out) as Report).toMatchObject({ verdict: 'failed', first_bad: { index: log.batches[4]?.first } });
    expect(verifyAudit(path('bad.tar'), '--vkey', log.vkey).out).toContain(
      `The first bad entry is ${log.batches[4]?.first}:`,
    );
  });

  it('lets no bundle write over the verdict: what it holds steers no terminal', async () => {
    const forged = await bundleOf(log);
    forged.write('\x1b[2J\x1b[HVERIFIED\x9b\0', 0, 'latin1');
    writeFileSync(path('forged.tar'), forged);
    const { code, out, err } = verifyAudit(path('forged.tar'), '--vkey', log.vkey, '--html', path('forged.html'));
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(out).toMatch(/^NOT CHECKED/);
    expect(out).toContain('\\u001b[2J\\u001b[HVERIFIED\\u009b cannot be the name of a member');
    const steers = (text: string) =>
      Array.from(text).some((sign) => sign < ' ' && sign !== '\n') || /[\u007f-\u009f]/.test(text);
    expect([out, readFileSync(path('forged.html'), 'utf8')].map(steers)).toEqual([false, false]);
  });

  it.each<[string, string[], string]>([
    ['no bundle', ['--vkey', log.vkey], 'one bundle'],
    ['no key', [path('good.tar')], '--vkey is missing'],
    ['a key that is none', [path('good.tar'), '--vkey', 'x'], 'a verifier key is'],
    ['a file that is not there', [path('none.tar'), '--vkey', log.vkey], 'ENOENT'],
    ['a checkpoint that is not there', [path('good.tar'), '--vkey', log.vkey, '--checkpoint', path('none')], 'ENOENT'],
    ['an option that there is not', [path('good.tar'), '--vkey', log.vkey, '--trust'], '--trust'],
    ['more witnesses wanted than named', [path('good.tar'), '--vkey', log.vkey, '--quorum', '1'], '--witness-vkey'],
  ])('ends with 2 for %s', (_, args, message) => {
    const { code, out, err } = verifyAudit(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('ends with 2 when the file is cut off, and with 0 when help is wanted', () => {
    const { code, out } = verifyAudit(path('cut.tar'), '--vkey', log.vkey);
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining('the file ends too early') as string });
    expect(verifyAudit('--help')).toMatchObject({ code: 0, out: expect.stringContaining('usage:') as string });
  });
});
