// A process of the drill: appends as fast as it is answered and tells its parent of every receipt, until it is killed.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openProcess } from './process.mjs';

const [url, dataDir, keyFile] = process.argv.slice(2);
const CALLERS = 24;

function masterKey() {
  if (!existsSync(keyFile)) {
    const draft = `${keyFile}.${process.pid}`;
    writeFileSync(draft, randomBytes(32));
    try {
      linkSync(draft, keyFile);
    } catch {
      // another writer was faster
    }
  }
  return readFileSync(keyFile);
}

const log = await openProcess({
  url,
  dataDir,
  masterKey: masterKey(),
  audit: { heartbeatSeconds: 2, checkpointMs: 200, appendMs: 3_000 },
});
process.send({ ready: true });
let stopping = false;
process.on('message', () => (stopping = true));
process.on('disconnect', () => process.exit(1));

let n = 0;
async function caller() {
  while (!stopping) {
    const id = `${process.pid}-${n++}`;
    const draft = (event) => ({
      facts: { event, request_id: id, tenant: 'drill' },
      payload: { text: 'x'.repeat(500 + (n % 7) * 400) },
    });
    try {
      const receipts = await log.writer.append(draft('llm.request'), draft('llm.response'));
      process.send({ receipts: receipts.map(({ index, entryId }) => [index, entryId]) });
    } catch {
      // refused: nothing was promised
      await sleep(20);
    }
  }
}
await Promise.all(Array.from({ length: CALLERS }, caller));
if (log.troubles.stopped) process.send({ trouble: log.troubles.stopped });
await log.close();
process.disconnect();
