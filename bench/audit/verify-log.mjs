// Reads a log past the gateway and has it judged by the auditor's own checks; and looks receipts up in it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';

const require = createRequire(import.meta.url);
const dist = (path) => require(join(import.meta.dirname, '../../dist', path));
const { splitBatch } = dist('features/audit/format/batch-columns.js');
const { checkpointBody, parseCheckpoint } = dist('features/audit/format/checkpoint.js');
const { writeBundle } = dist('features/audit/format/bundle-writer.js');
const { formatVkey, KEY_TYPE, parseVkey } = dist('features/audit/format/vkey.js');
const { importPublicKey } = dist('features/audit/format/ed25519.js');
const { verifyBundle } = dist('features/audit/verifier/verify-bundle.js');

/**
 * @param {string} url of a superuser
 * @param {ReadonlyMap<number, string>} receipts index → entry id
 * @returns {Promise<{size: number, problems: string[]}>}
 */
export async function verifyLog(url, receipts) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const problems = [];
    const { rows } = await client.query(
      `select b.*, h.headers, p.payloads from audit.batches b join audit.headers h using (part_month, first_index)
         left join audit.payloads p using (part_month, first_index) order by first_index`,
    );
    const runs = [];
    const ids = [];
    for (const row of rows) {
      if (Number(row.first_index) !== ids.length)
        problems.push(`a gap: ${row.first_index} after ${ids.length} entries`);
      const entries = splitBatch(row.headers, row.payloads ?? Buffer.alloc(0));
      const headers = entries.map(({ header }) => JSON.parse(header));
      ids.push(...headers.map(({ entry_id: id }) => id));
      runs.push({
        kind: 'batch',
        first: Number(row.first_index),
        origin: headers[0].log,
        writer: row.writer,
        lane: Number(row.lane),
        previous: row.previous.length ? row.previous : undefined,
        signature: row.signature,
        committedAt: row.committed_at.toISOString(),
        entries,
      });
    }
    for (const [index, id] of receipts)
      if (ids[index] !== id) problems.push(`the receipt of ${id} says ${index}, where ${ids[index] ?? 'nothing'} is`);
    problems.push(...(await judge(client, runs)));
    return { size: ids.length, problems };
  } finally {
    await client.end();
  }
}

async function judge(client, runs) {
  const { rows: notes } = await client.query('select note from audit.checkpoints order by epoch, size');
  const { rows: keys } = await client.query('select public from audit_keys.signing_keys order by number');
  if (!notes.length) return ['there is no checkpoint'];
  const last = parseCheckpoint(notes.at(-1).note);
  const vkey = formatVkey(last.origin, KEY_TYPE.note, importPublicKey(keys[0].public));
  // the manifest of the bundle is signed by nobody here: the log's own proofs must do
  const signer = { vkey, sign: () => Buffer.alloc(64) };
  const about = {
    log: last.origin,
    size: last.size,
    entries: 'all',
    payloads: 'all',
    made_at: new Date().toISOString(),
  };
  const covered = runs.filter(({ first }) => first < last.size);
  const bundle = writeBundle({ about, checkpoints: notes.map(({ note }) => note), runs: covered }, signer);
  const report = await verifyBundle(bundle, { vkeys: [parseVkey(vkey)], whole: true, withoutManifest: true });
  const found = report.findings.filter(({ severity, code }) => severity === 'failure' && !code.startsWith('manifest'));
  const told = found.map(({ code, message, index }) => `${code} at ${index}: ${message}`);
  if (checkpointBody(last) !== last.note.text) told.push('the last checkpoint is not in its one form');
  if (report.verdict === 'unchecked') told.push(`not verified: ${report.reason}`);
  return told;
}
