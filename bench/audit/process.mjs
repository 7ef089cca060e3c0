// A process of the log as the gateway makes it: it seals, signs and appends entries, signs checkpoints when it leads, and
// catches the projection up. Used by the benchmark and by the drill.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const dist = (path) => require(join(import.meta.dirname, '../../dist', path));
const { AuditKeys } = dist('features/audit/keys/audit-keys.js');
const { DatabaseDevice } = dist('features/audit/log/append/database-device.store.js');
const { LogWriter } = dist('features/audit/log/append/log-writer.js');
const { assembleCheckpoints } = dist('features/audit/log/checkpoint/assemble.js');
const { LogProofs } = dist('features/audit/log/checkpoint/log-proofs.js');
const { HighWater } = dist('features/audit/log/head/high-water.js');
const { openLog } = dist('features/audit/log/head/log-name.store.js');
const { SigningKeyRows } = dist('features/audit/log/signing/signing-key-rows.store.js');
const { StoredLogSigner } = dist('features/audit/log/signing/stored-log-signer.js');
const { Troubles } = dist('features/audit/log/troubles.js');
const { AuditSettings } = dist('platform/config/audit-settings.js');
const { auditConnection } = dist('platform/database/audit-connection.js');
const { EventBus } = dist('platform/events/event-bus.js');
const { LocalKeyWrapper } = dist('platform/secrets/local-key-wrapper.js');

/** @param {{url: string, dataDir: string, masterKey: Buffer, audit?: object}} options */
export async function openProcess({ url, dataDir, masterKey, audit = {} }) {
  const settings = AuditSettings.parse(audit);
  const keys = new AuditKeys({ url, masterKey, kek: { use: LocalKeyWrapper.ofMasterKey(masterKey) }, backupDays: 30 });
  await keys.open();
  const name = await openLog(url, undefined);
  const signer = new StoredLogSigner(new SigningKeyRows(keys.database, name.origin), keys.keks, name);
  await signer.open();
  const troubles = new Troubles();
  const highWater = new HighWater(join(dataDir, 'audit-head.json'));
  const events = new EventBus();
  const checkpoints = assembleCheckpoints({
    url,
    dataDir,
    audit: settings,
    signer,
    highWater,
    troubles,
    events,
    variables: process.env,
    longestCallMs: 900_000,
    shared: { read: async () => undefined, write: async () => {} },
    owner: {
      ownWriter: () => writer.writer.id,
      isOwn: (statement, signature) => writer.statements.take(statement, signature),
      write: (drafts) => writer.write(...drafts),
    },
  });
  const device = new DatabaseDevice({ connect: () => auditConnection(url, 'writer', 'audit-append') });
  const writer = new LogWriter({
    signer,
    keys: keys.dataKeys,
    device,
    troubles,
    bounds: { entries: settings.queue, bytes: settings.queueBytes },
    appendMs: settings.appendMs,
    away: () => device.away,
    floor: () => highWater.size,
    heartbeatMs: settings.heartbeatSeconds * 1_000,
    onPlaced: (index, leaf, n) => {
      checkpoints.recent.add(index, leaf);
      checkpoints.loop.written(n);
    },
  });
  await checkpoints.check();
  await writer.open();
  checkpoints.loop.start();
  const close = async () => {
    await writer.close(10_000);
    await device.close();
    await checkpoints.loop.close();
    await checkpoints.pool.end();
    await keys.close();
  };
  return { writer, checkpoints, proofs: new LogProofs(checkpoints), signer, keys, troubles, events, close };
}
