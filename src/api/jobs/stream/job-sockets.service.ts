import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { WebSocket } from 'ws';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { JobFeed, KeyFeed } from '../../../features/jobs';
import { KeyRing } from '../../../features/tenancy';
import { Config } from '../../../platform/config/config';
import { EventBus } from '../../../platform/events/event-bus';
import { OwnJobs } from '../own-jobs.service';
import { type StreamBounds, StreamSession, type StreamSources } from './stream-session';

const BOUNDS: StreamBounds = { subscriptions: 100, messages: 500, bufferedBytes: 16_777_216, slowMs: 10_000 };
const LOOK_MS = 1_000;
/** A connection on which nothing was said for so long is taken for dead by somebody on its way. */
const PING_EVERY = 15;

/** All connections over which this process tells of jobs. */
@Injectable()
export class JobSockets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sessions = new Set<StreamSession>();
  private readonly sources: StreamSources;
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly feed: JobFeed,
    private readonly keyFeed: KeyFeed,
    private readonly ring: KeyRing,
    private readonly events: EventBus,
    jobs: OwnJobs,
  ) {
    const find = (caller: Caller, id: string) => jobs.find(caller, id);
    this.sources = { find, feed, keyFeed, hasRoom: () => this.watchers < config.jobs.streams };
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearInterval(this.timer);
    for (const session of this.sessions) session.close('shutdown');
  }

  /** @throws GatewayError `overloaded` */
  refuseWhenFull(): void {
    if (this.stopped || this.sessions.size >= this.config.jobs.streams)
      throw new GatewayError('overloaded', `${this.sessions.size} callers watch jobs already`, { retryAfter: 5 });
  }

  /** Tells a caller that is known of jobs, over this connection. */
  welcome(connection: WebSocket, caller: Caller): void {
    const session = new StreamSession(connection, caller, this.sources, BOUNDS);
    this.sessions.add(session);
    this.events.emit('job.sockets', { open: this.sessions.size });
    connection.once('close', (code) => {
      this.sessions.delete(session);
      const reason = session.closing ?? (code === 1009 ? 'too_large' : 'left');
      this.events.emit('job.socket_closed', { reason });
      this.events.emit('job.sockets', { open: this.sessions.size });
    });
    if (this.stopped) session.close('shutdown');
  }

  private get watchers(): number {
    return this.feed.size + this.keyFeed.size;
  }

  private async look(): Promise<void> {
    const asks = ++this.looks % PING_EVERY === 0;
    for (const session of this.sessions) {
      session.look();
      if (asks) session.ping();
    }
    await Promise.all([...this.sessions].map((session) => this.check(session)));
  }

  /** A key that is not accepted any more hears nothing more; one that cannot be checked now is believed. */
  private async check(session: StreamSession): Promise<void> {
    try {
      session.caller = await this.ring.callerOf(session.caller.keyId);
    } catch (error) {
      if (GatewayError.from(error).code === 'forbidden') session.close('revoked');
    }
  }
}
