import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSecretFile } from './secret-file';

describe('a secret in a file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'secret-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read, through a link too, with the time of its last change', async () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'value\n', { mode: 0o600 });
    symlinkSync(path, join(folder, 'link'));
    for (const name of ['key', 'link'])
      expect(await readSecretFile(join(folder, name))).toEqual({
        value: 'value\n',
        version: expect.stringMatching(/^\d{4}-.*Z$/),
      });
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['is not there', () => undefined, /ENOENT/],
    ['is a folder', (path) => mkdirSync(path), /is not a file/],
    ['is a pipe that nobody writes to', (path) => void execFileSync('mkfifo', [path]), /is not a file/],
    ['is too large', (path) => writeFileSync(path, Buffer.alloc(1_048_577), { mode: 0o600 }), /larger than/],
    [
      "is everybody's",
      (path) => {
        writeFileSync(path, 'x');
        chmodSync(path, 0o644);
      },
      /chmod 600/,
    ],
  ])('is refused when it %s', async (_, make, why) => {
    const path = join(folder, 'key');
    make(path);
    await expect(readSecretFile(path)).rejects.toThrow(why);
  });
});
