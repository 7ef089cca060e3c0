import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import type { AccessRefused } from '../../contract/events';
import { EventBus } from '../../platform/events/event-bus';
import { AuditLog } from './audit-log';

const SESSION_MS = 3_600_000;
const COUNT_MS = 60_000;
const KEYS_KEPT = 10_000;

/** Records who comes to govern, once an hour for each key, and how often somebody was turned away. */
@Injectable()
export class AccessRecords implements OnApplicationShutdown {
  private readonly seen = new Map<string, number>();
  private counted = new Map<string, { readonly event: AccessRefused; count: number }>();
  private readonly counting = setInterval(() => this.count(), COUNT_MS).unref();

  constructor(
    private readonly log: AuditLog,
    private readonly events: EventBus,
  ) {}

  onApplicationShutdown(): void {
    clearInterval(this.counting);
    this.count();
  }

  /** A key that may govern was let in. */
  granted({ keyId, tenantId, roles }: Caller, now = Date.now()): void {
    const last = this.seen.get(keyId);
    if (last !== undefined && now - last < SESSION_MS) return;
    if (this.seen.size >= KEYS_KEPT) this.seen.clear();
    this.seen.set(keyId, now);
    this.events.emit('access.login', { tenantId, keyId });
    this.log.enqueue({
      facts: { event: 'access.login', tenant: tenantId, actor: keyId, metadata: { roles: [...roles].sort() } },
    });
  }

  refused(event: AccessRefused): void {
    this.events.emit('access.refused', event);
    const name = `${event.reason} ${event.keyId ?? ''}`;
    const found = this.counted.get(name);
    if (found) found.count++;
    else if (this.counted.size < KEYS_KEPT) this.counted.set(name, { event, count: 1 });
  }

  private count(): void {
    const all = [...this.counted.values()];
    this.counted = new Map();
    for (const { event, count } of all)
      this.log.enqueue({
        facts: {
          event: 'access.refused',
          ...(event.tenantId !== undefined && { tenant: event.tenantId }),
          ...(event.keyId !== undefined && { actor: event.keyId }),
          metadata: { reason: event.reason, count },
        },
      });
  }
}
