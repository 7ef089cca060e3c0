import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { LiveSecret, Outcome } from './live-secret';
import type { SecretStore } from './secret-store';

/** Whoever wrote a file may not be done with the first byte. */
const SETTLE_MS = 150;
const FIRST_RETRY_MS = 15_000;

export type OnOutcome = (secret: LiveSecret, outcome: Outcome) => void;

/** Reads secrets anew: all that can change, every now and then; files also when their folder says that something happened. */
export class SecretWatch {
  private readonly timers = new Map<LiveSecret, NodeJS.Timeout>();
  private readonly failures = new Map<LiveSecret, number>();
  private readonly watchers: FSWatcher[] = [];
  private readonly settling = new Map<string, NodeJS.Timeout>();
  private closed = false;

  constructor(
    private readonly store: SecretStore,
    private readonly onOutcome: OnOutcome,
  ) {}

  start(): void {
    for (const secret of this.store.all())
      if (secret.changes) {
        secret.observe((outcome) => this.heard(secret, outcome));
        this.schedule(secret);
      }
    const folders = new Map<string, LiveSecret[]>();
    for (const [name, path] of this.store.files) {
      const folder = dirname(path);
      folders.set(folder, [...(folders.get(folder) ?? []), this.store.get(name)]);
    }
    for (const [folder, secrets] of folders) this.watch(folder, secrets);
  }

  close(): void {
    this.closed = true;
    for (const timer of [...this.timers.values(), ...this.settling.values()]) clearTimeout(timer);
    for (const watcher of this.watchers) watcher.close();
  }

  private heard(secret: LiveSecret, outcome: Outcome): void {
    if (this.closed) return;
    this.failures.set(secret, outcome.kind === 'failed' ? (this.failures.get(secret) ?? 0) + 1 : 0);
    this.onOutcome(secret, outcome);
    this.schedule(secret);
  }

  /** Processes that were started together do not ask together. */
  private schedule(secret: LiveSecret): void {
    const failed = this.failures.get(secret) ?? 0;
    const retryMs = failed ? FIRST_RETRY_MS * 2 ** (failed - 1) : Infinity;
    const waitMs = Math.min(this.store.refreshMs, retryMs) * (0.9 + Math.random() / 5);
    clearTimeout(this.timers.get(secret));
    const timer = setTimeout(() => void secret.refresh(), waitMs).unref();
    this.timers.set(secret, timer);
  }

  /** The folder, not the file: Kubernetes and editors put a new file in the place of the old one. */
  private watch(folder: string, secrets: readonly LiveSecret[]): void {
    const changed = (): void => {
      clearTimeout(this.settling.get(folder));
      const read = (): void => secrets.forEach((secret) => void secret.refresh(true));
      this.settling.set(folder, setTimeout(read, SETTLE_MS).unref());
    };
    try {
      const watcher = watch(folder, { persistent: false }, changed);
      // the folder is gone, or the system watches too much already: the clock remains
      watcher.on('error', () => watcher.close());
      this.watchers.push(watcher);
    } catch {
      // likewise
    }
  }
}
