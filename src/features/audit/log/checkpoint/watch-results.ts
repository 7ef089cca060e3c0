import type { EventBus } from '../../../../platform/events/event-bus';

/** Tells of what works beside the log, when that changes. */
export class WatchResults {
  private readonly failing = new Set<string>();
  private readonly known = new Set<string>();

  constructor(private readonly events: EventBus) {}

  report(what: string, error?: Error): void {
    const failed = error !== undefined;
    if (this.known.has(what) && this.failing.has(what) === failed) return;
    this.known.add(what);
    if (failed) this.failing.add(what);
    else this.failing.delete(what);
    this.events.emit('audit.watch', { what, ok: !failed, ...(failed && { reason: error.message }) });
  }
}
