// Fills a log through the append function, as the gateway would.
import { randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { headerTexts } from './sample-headers.mjs';

const require = createRequire(import.meta.url);
const BATCH = 256;
const APPEND = {
  name: 'append',
  text: 'select first_index from audit.append($1, $2, $3, $4, $5, $6, $7, $8, $9)',
};

/** @returns how many entries were appended */
export async function fill({ url, entries, from, to, seed = 1, payloadBytes = 0, onProgress = () => {} }) {
  const { auditConnection } = require('../../dist/platform/database/audit-connection.js');
  const client = await auditConnection(url, 'writer', 'bench');
  const writer = `w_${randomBytes(17).toString('base64url').slice(0, 22)}`;
  const texts = headerTexts({ seed, count: entries, from, to, writer });
  let appended = 0;
  try {
    for (let lane = 1; appended < entries; lane++) {
      const n = Math.min(BATCH, entries - appended);
      const lines = Array.from({ length: n }, () => texts.next().value).join('\n');
      const payloads = payloadBytes ? randomBytes(payloadBytes * n) : null;
      const values = [
        randomUUID(),
        writer,
        lane,
        Buffer.alloc(lane === 1 ? 0 : 32),
        randomBytes(32),
        randomBytes(64),
        n,
        lines,
        payloads,
      ];
      await client.query({ ...APPEND, values });
      appended += n;
      onProgress(appended);
    }
  } finally {
    await client.end();
  }
  return appended;
}
