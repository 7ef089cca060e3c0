import type { Logger } from '@nestjs/common';
import { GatewayError } from '../contract/errors';

/** The same work again and again, one turn after the other. That it fails is told once for each time that it begins to. */
export class Turns {
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();
  private failing = false;
  private stopped = false;

  /** @param what could not be done, as a log line says it */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly everyMs: number,
    private readonly log: Pick<Logger, 'warn'>,
    private readonly what: string,
  ) {}

  start(): void {
    if (this.stopped) return;
    // replicas that started together do not stay in step
    this.timer = setTimeout(
      () => {
        this.turn = this.once().finally(() => this.start());
      },
      this.everyMs * (0.75 + Math.random() / 2),
    ).unref();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.turn;
  }

  private async once(): Promise<void> {
    try {
      await this.work();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn({ reason: GatewayError.from(error).code, err: error }, this.what);
      this.failing = true;
    }
  }
}
