import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_ROOT } from '../../format/hashes';
import { KeptHead } from './kept-head';
import { StateFile } from './state-file';

describe('a file of the data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  const file = new StateFile(join(folder, 'audit-head.json'), KeptHead);
  const head = { origin: 'example.org/log', size: 7, root: EMPTY_ROOT.toString('base64') };
  afterAll(() => rmSync(folder, { recursive: true }));

  it('holds what was written, and nothing before', async () => {
    expect(file.read()).toBeUndefined();
    await file.write(head);
    expect(file.read()).toEqual(head);
  });

  it.each([
    ['null', 'expected object'],
    ['[]', 'expected object'],
    ['7', 'expected object'],
    ['{}', 'origin: '],
    [JSON.stringify({ ...head, size: '7' }), 'size: '],
    [JSON.stringify({ ...head, size: -1 }), 'size: '],
    [JSON.stringify({ ...head, root: undefined }), 'root: '],
    [JSON.stringify({ ...head, root: 'AAAA' }), 'root: must be 32 bytes in base64'],
    ['{"size":', 'it is not JSON'],
    ['', 'it is not JSON'],
  ])('of another shape is named, with what to do: %s', (text, reason) => {
    writeFileSync(file.path, text);
    expect(() => file.read()).toThrow(
      new RegExp(`^${file.path} cannot be read: .*${reason}.*\\. Bring it back as it was\\..* move the file away`),
    );
  });
});
