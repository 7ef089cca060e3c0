import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config';
import { EventBus } from '../events/event-bus';
import type { LiveSecret, Outcome } from './live-secret';
import { SecretWatch } from './secret-watch';

/** Keeps secrets up to date while the process runs, and tells of what was loaded and rotated: names, never values. */
@Injectable()
export class SecretRefresh implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly watch: SecretWatch;
  private readonly unreadable = new Set<string>();

  constructor(
    private readonly config: Config,
    private readonly events: EventBus,
  ) {
    this.watch = new SecretWatch(config.secrets, (secret, outcome) => this.tell(secret, outcome));
  }

  /** By now whoever wants to hear of it listens. */
  onApplicationBootstrap(): void {
    for (const secret of this.config.secrets.all()) this.events.emit('secret.loaded', factsOf(secret));
    this.watch.start();
  }

  onApplicationShutdown(): void {
    this.watch.close();
    this.config.secrets.backends.close();
  }

  private tell(secret: LiveSecret, outcome: Outcome): void {
    const { name, source } = secret;
    if (outcome.kind === 'failed') {
      this.unreadable.add(name);
      return this.events.emit('secret.unreadable', { name, source, reason: outcome.reason });
    }
    if (this.unreadable.delete(name)) this.events.emit('secret.readable', { name, source });
    if (outcome.kind === 'rotated')
      this.events.emit('secret.rotated', { ...factsOf(secret), applied: secret.followed });
  }
}

function factsOf({ name, source, version }: LiveSecret): { name: string; source: string; version?: string } {
  return { name, source, ...(version && { version }) };
}
