import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorFunction } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { AuditLog } from '../../features/audit';
import { JobQueue } from '../../features/jobs';
import { DetectorHealth } from '../../features/sanitization';
import { ModelProbe } from '../../pipeline';
import { Config } from '../../platform/config/config';
import { DatabaseState } from '../../platform/database/database-state.service';
import { RedisConnection } from '../../platform/redis/redis';

const TIMEOUT_MS = 1_000;
/** How long a result is kept: probes come often, from several places at once. */
const FRESH_MS = 1_000;
/** A detector is asked to read something: dearer than a ping. */
const DETECTORS_FRESH_MS = 5_000;
const PROVIDERS_FRESH_MS = 10_000;

/** Asks each dependency whether it serves. None of the default checks spends money. */
@Injectable()
export class DependencyChecks {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: DataSource,
    private readonly state: DatabaseState,
    private readonly redis: RedisConnection,
    private readonly probe: ModelProbe,
    private readonly audit: AuditLog,
    private readonly queue: JobQueue,
    private readonly detectors: DetectorHealth,
    private readonly config: Config,
  ) {}

  /** What must serve before this process may take calls. */
  ready(): HealthIndicatorFunction[] {
    return [
      () => this.checkDatabase(),
      () => this.checkDisk(),
      () => this.checkAudit(),
      () => this.checkQueue(),
      () => this.checkProviders(),
    ];
  }

  all(): HealthIndicatorFunction[] {
    return [...this.ready(), () => this.checkRedis(), () => this.checkDetectors()];
  }

  async checkDatabase() {
    return this.indicators
      .check('database')
      .attempt(async () => {
        const [{ standby }] = await this.database.query<[{ standby: boolean }]>(
          'select pg_is_in_recovery() as standby',
        );
        if (standby) throw new Error('the server is a standby and takes no writes');
        return { embedded: this.config.embeddedDatabase };
      })
      .withTimeout(TIMEOUT_MS)
      .cacheFor(FRESH_MS);
  }

  /** A full disk answers reads. Whoever could not write tries again until it can. */
  checkDisk() {
    const session = this.indicators.check('disk');
    return this.state.has('disk') ? session.down({ message: 'PostgreSQL has no room left' }) : session.up();
  }

  /** Whether entries can be made durable, and the log is what this process knows of it. */
  checkAudit() {
    const session = this.indicators.check('audit');
    const trouble = this.audit.trouble();
    if (trouble === undefined) return session.up();
    // where nobody relies on the log its trouble stops no call
    return this.config.audit.mode === 'relaxed'
      ? session.degraded({ message: trouble })
      : session.down({ message: trouble });
  }

  /** Jobs are kept in the database: an engine that is away delays them, and turns nobody away. */
  async checkQueue() {
    const session = this.indicators.check('queue');
    const { engine } = this.queue;
    const { queue } = await session
      .attempt(async () => ({ waiting: (await this.queue.depth()).waiting }))
      .withTimeout(TIMEOUT_MS);
    return 'waiting' in queue
      ? session.up({ engine, waiting: queue.waiting })
      : session.degraded({ engine, message: 'the queue does not answer; jobs begin later' });
  }

  /** Redis may be away: limits are then counted by each process. */
  async checkRedis() {
    const session = this.indicators.check('redis');
    const { client } = this.redis;
    if (!client) return session.up({ configured: false });
    try {
      const answered = await Promise.race([
        client.ping(),
        new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS / 2)),
      ]);
      return answered === 'PONG'
        ? session.up({ configured: true })
        : session.degraded({ message: 'no answer in time' });
    } catch (error) {
      return session.degraded({ message: error instanceof Error ? error.message : 'unreachable' });
    }
  }

  /** What becomes of a call that a detector cannot read is the policy's to say: the process can serve. */
  private async checkDetectors() {
    const session = this.indicators.check('detectors');
    const { detectors } = await session
      .attempt(async () => ({ answering: await this.detectors.check() }))
      .cacheFor(DETECTORS_FRESH_MS);
    const { status: _, ...found } = detectors;
    const all = 'answering' in found && Object.values(found.answering).every(Boolean);
    return all ? session.up(found) : session.degraded(found);
  }

  private async checkProviders() {
    return this.indicators
      .check('providers')
      .attempt(async () => {
        const found = await this.probe.reach();
        if (!Object.values(found).some(({ reachable }) => reachable)) throw new Error('no provider can be reached');
        return { ...found };
      })
      .withTimeout(TIMEOUT_MS * 2)
      .cacheFor(PROVIDERS_FRESH_MS);
  }
}
