// A tar that any tar reads: ustar, files only, in the order in which they are added.
import { closeSync, createReadStream, createWriteStream, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const BLOCK = 512;
const MOST_BYTES = 8 ** 11 - 1;

function header(name, size) {
  if (!/^[\w./-]{1,100}$/.test(name) || size > MOST_BYTES) throw new Error(`${name} cannot be in a tar`);
  const block = Buffer.alloc(BLOCK);
  const put = (offset, text) => block.write(text, offset, 'latin1');
  put(0, name);
  put(100, '0000644\0' + '0000000\0' + '0000000\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0` + '00000000000\0' + '        ' + '0');
  put(257, 'ustar\x0000');
  put(329, '0000000\0' + '0000000\0');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

const padding = (size) => (BLOCK - (size % BLOCK)) % BLOCK;

/** @param {string} folder where the files are @param {readonly string[]} names of them, and in the tar */
export async function writeTar(file, folder, names) {
  await pipeline(
    async function* () {
      for (const name of names) {
        const path = join(folder, name);
        const { size } = statSync(path);
        yield header(name, size);
        yield* createReadStream(path);
        yield Buffer.alloc(padding(size));
      }
      yield Buffer.alloc(2 * BLOCK);
    },
    createWriteStream(file, { mode: 0o600 }),
  );
}

/** Unpacks what `writeTar` wrote. @returns the names @throws Error where a name leads out of the folder, or the file is cut off */
export async function readTar(file, folder) {
  const names = [];
  const { size: total } = statSync(file);
  const from = openSync(file, 'r');
  try {
    for (let at = 0; ;) {
      const block = Buffer.alloc(BLOCK);
      if (readSync(from, block, 0, BLOCK, at) < BLOCK) throw new Error('the file ends too early');
      if (block.every((byte) => byte === 0)) return names;
      const name = block.toString('latin1', 0, 100).replace(/\0.*$/s, '');
      const size = Number.parseInt(block.toString('latin1', 124, 135), 8);
      const path = resolve(folder, name);
      if (!path.startsWith(resolve(folder) + sep) || !header(name, size).equals(block))
        throw new Error('it is no tar of a pack');
      if (at + BLOCK + size > total) throw new Error('the file ends too early');
      mkdirSync(dirname(path), { recursive: true });
      const content = size ? createReadStream(file, { start: at + BLOCK, end: at + BLOCK + size - 1 }) : [];
      await pipeline(content, createWriteStream(path, { mode: 0o600 }));
      names.push(name);
      at += BLOCK + size + padding(size);
    }
  } finally {
    closeSync(from);
  }
}
