import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolderFinding } from './machine-findings';

describe('the data folder, as the doctor sees it', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gatehouse-machine-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const look = (...names: string[]) => dataFolderFinding(join(folder, ...names));

  it('may be one that a start makes, however deep', () => {
    for (const finding of [look(), look('new'), look('new', 'and', 'deeper')]) expect(finding.state).not.toBe('fail');
  });

  it('is no file, nor anything below one: a start ends there', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const finding of [look('file'), look('file', 'data'), look('file', 'data', 'deeper')]) {
      expect(finding.state).toBe('fail');
      expect(finding.says).toContain(`${file} is a file`);
    }
  });
});
