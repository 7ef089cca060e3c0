import { Injectable } from '@nestjs/common';
import type { SecretFacts } from '../../contract/events';
import { EventBus } from '../../platform/events/event-bus';
import { AuditLog } from './audit-log';
import type { AuditEvent } from './format/header';

/** Records which secrets a process took from where, and when one was replaced: names and versions, nothing made from a value. */
@Injectable()
export class SecretRecords {
  constructor(
    private readonly log: AuditLog,
    events: EventBus,
  ) {
    events.on('secret.loaded', (secret) => this.record('secret.loaded', secret));
    events.on('secret.rotated', ({ applied, ...secret }) => this.record('secret.rotated', secret, { applied }));
  }

  private record(event: AuditEvent, { name, source, version }: SecretFacts, more: { applied?: boolean } = {}): void {
    this.log.enqueue({ facts: { event, metadata: { name, source, version, ...more } } });
  }
}
