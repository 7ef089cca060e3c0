import { Injectable } from '@nestjs/common';
import { EventBus } from '../../platform/events/event-bus';
import { AuditLog } from './audit-log';

/** Records that spending reached a share of a budget's limit. */
@Injectable()
export class BudgetRecords {
  constructor(log: AuditLog, events: EventBus) {
    events.on('budget.alert', ({ tenantId, budgetId, percent, windowStart }) =>
      log.enqueue({
        facts: {
          event: 'budget.alert',
          tenant: tenantId,
          metadata: { target: budgetId, percent, window_start: windowStart.toISOString() },
        },
      }),
    );
  }
}
