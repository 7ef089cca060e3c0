import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { auditConnection } from '../../../platform/database/audit-connection';
import { DatabaseState } from '../../../platform/database/database-state.service';
import { EventBus } from '../../../platform/events/event-bus';
import { AuditLog, type Draft, type Receipt } from '../audit-log';
import { AuditKeys } from '../keys/audit-keys';
import { DatabaseDevice } from './append/database-device.store';
import { LogWriter } from './append/log-writer';
import { newWriter } from './append/writer-identity';
import { Spool } from './spool/assemble';
import { assembleCheckpoints, type Checkpointing } from './checkpoint/assemble';
import { LogProofs } from './checkpoint/log-proofs';
import { RedisHead } from './checkpoint/redis-head.service';
import { HighWater } from './head/high-water';
import { StoredLogSigner } from './signing/stored-log-signer';
import { Troubles } from './troubles';

/** A call that lasts this much longer than the longest one allowed will never end. */
const SPARE_MS = 300_000;

/** This process's writer: there before anything is recorded, and the last to go. */
@Injectable()
export class AuditLogService extends AuditLog implements OnModuleInit, OnApplicationShutdown {
  readonly writer: LogWriter;
  readonly proofs: LogProofs;
  private readonly database: DatabaseDevice;
  private readonly checkpoints: Checkpointing;
  private readonly spool: Spool | undefined;

  constructor(
    private readonly config: Config,
    private readonly keys: AuditKeys,
    signer: StoredLogSigner,
    highWater: HighWater,
    shared: RedisHead,
    private readonly troubles: Troubles,
    state: DatabaseState,
    events: EventBus,
  ) {
    super();
    const { audit } = config;
    this.checkpoints = assembleCheckpoints({
      url: config.databaseUrl.reveal(),
      dataDir: config.dataDir,
      audit,
      signer,
      highWater,
      troubles,
      events,
      variables: process.env,
      longestCallMs: () => config.inForce.longestCallMs + SPARE_MS,
      shared,
      owner: {
        ownWriter: () => this.writer.writer.id,
        isOwn: (statement, signature) => this.writer.statements.take(statement, signature),
        write: (drafts) => this.writer.write(...drafts),
      },
    });
    this.proofs = new LogProofs(this.checkpoints);
    const connect = () => auditConnection(config.databaseUrl.reveal(), 'writer', 'audit-append');
    const identity = newWriter();
    this.database = new DatabaseDevice({
      connect,
      onStateChange: (up, error) => {
        state.report('audit', error);
        if (!this.spool)
          troubles.report('database', up ? undefined : `the database does not take entries: ${error?.message}`);
      },
    });
    if (audit.spool)
      this.spool = new Spool({
        dataDir: config.dataDir,
        maxBytes: audit.spoolBytes,
        appendMs: audit.appendMs,
        writerId: identity.id,
        database: this.database,
        second: new DatabaseDevice({ connect }),
        troubles,
        writer: () => this.writer,
        onDepth: (batches) => events.emit('audit.spooled', { batches }),
        onProblem: (error) =>
          events.emit('audit.watch', { what: 'spool', ok: !error, ...(error && { reason: error.message }) }),
      });
    this.writer = new LogWriter({
      identity,
      signer,
      keys: keys.dataKeys,
      device: this.spool?.device ?? this.database,
      troubles,
      bounds: { entries: audit.queue, bytes: audit.queueBytes },
      appendMs: audit.appendMs,
      // a spool that takes entries is no worse than the database
      away: () => this.database.away && (this.spool?.device.isFull ?? true),
      floor: () => highWater.size,
      heartbeatMs: audit.heartbeatSeconds * 1_000,
      onAppended: ({ ms, n }) => events.emit('audit.appended', { ms, n, waiting: this.writer.appender.depth }),
      onPlaced: (index, leaf, n) => {
        this.checkpoints.recent.add(index, leaf);
        this.checkpoints.loop.written(n);
      },
      onRefused: (reason) => events.emit('audit.refused', { reason }),
      onLost: () => events.emit('audit.lost', { n: 1 }),
    });
  }

  async onModuleInit(): Promise<void> {
    await this.checkpoints.check();
    await this.database.open();
    await this.writer.open();
    this.checkpoints.loop.start();
    this.spool?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.writer.close(this.config.audit.appendMs);
    await (this.spool ?? this.database).close();
    await this.checkpoints.loop.close();
    await this.checkpoints.pool.end();
    await this.keys.close();
  }

  override append(...drafts: readonly [Draft, ...Draft[]]): Promise<readonly Receipt[]> {
    return this.writer.append(...drafts);
  }

  /** This process signs checkpoints, and does what one process does for all. */
  get leads(): boolean {
    return this.checkpoints.loop.leads;
  }

  override enqueue(draft: Draft): void {
    this.writer.enqueue(draft);
  }

  override trouble(): string | undefined {
    return this.troubles.reason ?? this.writer.trouble();
  }
}
