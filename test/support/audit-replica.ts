import { DatabaseDevice } from '../../src/features/audit/log/append/database-device.store';
import { LogWriter } from '../../src/features/audit/log/append/log-writer';
import { openLog } from '../../src/features/audit/log/head/log-name.store';
import { SigningKeyRows } from '../../src/features/audit/log/signing/signing-key-rows.store';
import { StoredLogSigner } from '../../src/features/audit/log/signing/stored-log-signer';
import { Troubles } from '../../src/features/audit/log/troubles';
import { AuditKeys } from '../../src/features/audit/keys/audit-keys';
import { auditConnection } from '../../src/platform/database/audit-connection';
import { LocalKeyWrapper } from '../../src/platform/secrets/local-key-wrapper';

/** Another process that writes to the log of a gateway. */
export class AuditReplica {
  private constructor(
    readonly keys: AuditKeys,
    readonly log: LogWriter,
    private readonly device: DatabaseDevice,
  ) {}

  /** @param masterKey of the gateway: that of a log whose key-encryption key was not configured */
  static async join(url: string, masterKey: Buffer): Promise<AuditReplica> {
    const kek = { use: LocalKeyWrapper.ofMasterKey(masterKey) };
    const keys = new AuditKeys({ url, masterKey, kek, backupDays: 30 });
    await keys.open();
    const name = await openLog(url, undefined);
    const signer = new StoredLogSigner(new SigningKeyRows(keys.database, name.origin), keys.keks, name);
    await signer.open();
    const device = new DatabaseDevice({ connect: () => auditConnection(url, 'writer', 'audit-replica') });
    const log = new LogWriter({
      signer,
      keys: keys.dataKeys,
      device,
      troubles: new Troubles(),
      bounds: { entries: 10_000, bytes: 67_108_864 },
      appendMs: 5_000,
      away: () => device.away,
      floor: () => 0,
      heartbeatMs: 0,
    });
    await log.open();
    return new AuditReplica(keys, log, device);
  }

  async close(): Promise<void> {
    await this.log.close(1_000);
    await this.device.close();
    await this.keys.close();
  }
}
