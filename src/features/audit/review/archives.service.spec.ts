import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../../../platform/config/config';
import { Archives } from './archives.service';
import type { Bundles } from './bundles.service';

describe('the archive of a month', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'archives of '))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const parts = ['the first part', ' and the last'];
  const bundles = {
    async *ofRange() {
      for (const part of parts) yield Buffer.from(part);
    },
  } as unknown as Bundles;
  const keep = (anchors: readonly string[]) =>
    new Archives({ audit: { anchors }, dataDir: join(folder, 'data') } as unknown as Config, bundles).keep(
      '2025-01',
      0,
      9,
    );

  it('is beside the file to which the first such anchor adds its checkpoints', async () => {
    const heads = join(folder, 'heads.txt');
    writeFileSync(heads, 'a checkpoint');
    const archive = await keep(['https://siem.example.com/hook', pathToFileURL(heads).href]);
    expect(archive).toEqual({
      file: join(folder, 'audit-archive', '2025-01.tar'),
      sha256: createHash('sha256').update(parts.join('')).digest('hex'),
      bytes: parts.join('').length,
    });
    expect(readFileSync(archive.file, 'utf8')).toBe(parts.join(''));
  });

  it('is in the data folder without one', async () => {
    expect((await keep(['s3://heads/gatehouse'])).file).toBe(join(folder, 'data', 'audit-archive', '2025-01.tar'));
  });
});
