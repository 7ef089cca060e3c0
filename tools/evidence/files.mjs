// What is in the files of a pack.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';

export async function sha256(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * The entries of an NDJSON export; its first line is about the export.
 * @throws Error that names the file and the line that is no entry
 */
export async function* entriesOf(path) {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    number++;
    if (number === 1 || !line) continue;
    const entry = parsed(line);
    if (typeof entry?.header !== 'object' || entry.header === null)
      throw new Error(`${basename(path)}: line ${number} is no entry`);
    yield entry;
  }
}

/** undefined: it is not JSON. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How many of each event there are, the place of the last one in the log, and which configurations were in force. */
export async function summaryOf(path) {
  const counts = new Map();
  const configurations = [];
  let last = -1;
  for await (const { index, header } of entriesOf(path)) {
    last = Math.max(last, index);
    counts.set(header.event, (counts.get(header.event) ?? 0) + 1);
    if (header.event !== 'config.loaded') continue;
    const hashes = JSON.stringify(header.policy ?? header.metadata ?? {});
    if (configurations.at(-1)?.hashes !== hashes) configurations.push({ at: header.ts, writer: header.writer, hashes });
  }
  return { counts, configurations, last };
}
