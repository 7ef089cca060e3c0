import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { GuardPolicies } from './guard-policies';
import { GuardPolicyVersions } from './guard-policies.store';

/** A second is promised: with what a look takes, and a process that is busy. */
const EVERY_MS = 500;

/** Learns within a second what was set through another process. While the database is away, what was known holds. */
@Injectable()
export class PolicyRefresh implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('Guards');
  private seen = -1;
  private failing = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly policies: GuardPolicies,
    private readonly versions: GuardPolicyVersions,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.look();
    this.next();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** @throws when the database cannot be read */
  async look(): Promise<void> {
    const count = await this.versions.count();
    if (count === this.seen) return;
    this.policies.learn(await this.versions.newest());
    this.seen = count;
  }

  private next(): void {
    this.timer = setTimeout(() => void this.again(), EVERY_MS).unref();
  }

  private async again(): Promise<void> {
    try {
      await this.look();
      if (this.failing) this.log.log('policies can be read again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn({ err: error }, 'policies cannot be read; those that are known hold');
      this.failing = true;
    }
    if (this.timer) this.next();
  }
}
