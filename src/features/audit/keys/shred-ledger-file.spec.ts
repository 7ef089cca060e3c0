import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ShredLedgerFile } from './shred-ledger-file';

describe('ShredLedgerFile', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-'));
    path = join(folder, 'shreds.ndjson');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const shred = (n: number) => ({
    order: `sh_${n}`,
    scope: { tenant: 't', subject: `s_${n}` },
    entryId: `e${n}`,
    entryIndex: n,
    tenantKeys: [],
  });

  it('gives back what was written, and nothing when there is no file', () => {
    const file = new ShredLedgerFile(path);
    expect(file.read()).toEqual([]);
    file.append(shred(1));
    file.append(shred(2));
    expect(new ShredLedgerFile(path).read()).toEqual([shred(1), shred(2)]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('passes over half a line at the end, and writes over it', () => {
    const file = new ShredLedgerFile(path);
    file.append(shred(1));
    appendFileSync(path, '{"v":1,"order":"sh_');
    expect(file.read()).toEqual([shred(1)]);
    file.append(shred(2));
    expect(file.read()).toEqual([shred(1), shred(2)]);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
  });

  it('is not taken for one when it is something else', () => {
    writeFileSync(path, '{"v":2}\n');
    expect(() => new ShredLedgerFile(path).read()).toThrow('line 1');
    writeFileSync(path, 'hello\n');
    expect(() => new ShredLedgerFile(path).read()).toThrow(`${path}: line 1 is not of a ledger`);
    writeFileSync(path, 'null\n');
    expect(() => new ShredLedgerFile(path).read()).toThrow('line 1');
  });
});
