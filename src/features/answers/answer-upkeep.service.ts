import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AnswerStore } from './answer-store';
import { RedisAnswerStore } from './redis-answer-store';

const EVERY_MS = 1_000;

/** Learns within a second what was purged through another process. While Redis is away, what was kept stays. */
@Injectable()
export class AnswerUpkeep implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private isRunning = false;

  constructor(private readonly store: AnswerStore) {}

  async onModuleInit(): Promise<void> {
    const { store } = this;
    if (!(store instanceof RedisAnswerStore)) return;
    await this.follow(store);
    this.timer = setInterval(() => void this.follow(store), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async follow(store: RedisAnswerStore): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    // it is tried again
    await store.follow().catch(() => undefined);
    this.isRunning = false;
  }
}
