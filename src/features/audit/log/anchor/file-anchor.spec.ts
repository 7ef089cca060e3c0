import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileAnchor } from './file-anchor';

const note = (size: number) => `log.example\n${size}\nroot\n\n— log.example sig\n`;

describe('a file as an anchor', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anchor-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const anchored = async (path: string, ...sizes: number[]) => {
    const anchor = new FileAnchor(pathToFileURL(path).href);
    for (const size of sizes) await anchor.keep({ note: note(size), size } as never);
  };

  it('holds each checkpoint, followed by an empty line', async () => {
    const path = join(folder, 'deeper', 'heads.txt');
    await anchored(path, 1, 2);
    expect(readFileSync(path, 'utf8')).toBe(`${note(1)}\n${note(2)}\n`);
  });

  it.each(['torn', `${note(2).slice(0, 20)}`, note(2)])('goes on behind what was cut off: %j', async (torn) => {
    const path = join(folder, 'heads.txt');
    await anchored(path, 1);
    appendFileSync(path, torn);
    await anchored(path, 3);
    const text = readFileSync(path, 'utf8');
    expect(text.startsWith(`${note(1)}\n${torn}`)).toBe(true);
    expect(text.endsWith(`\n\n${note(3)}\n`)).toBe(true);
  });
});
