import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';

/** Where the process is in its life: starting, serving, or draining what it still owes. */
@Injectable()
export class Lifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private state: 'starting' | 'serving' | 'draining' = 'starting';

  onApplicationBootstrap(): void {
    this.state = 'serving';
  }

  /** From the first signal on; Nest's own hook comes as well when the application is closed without one. */
  drain(): void {
    this.state = 'draining';
  }

  beforeApplicationShutdown(): void {
    this.drain();
  }

  check(): HealthIndicatorResult<'process'> {
    return { process: { status: this.state === 'serving' ? 'up' : 'down', state: this.state } };
  }
}
