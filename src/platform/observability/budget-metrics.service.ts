import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { BoundedLabels } from './bounded-labels';

const TENANTS = 200;

/** How near to their limits tenants are. */
@Injectable()
export class BudgetMetrics {
  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const tenants = new BoundedLabels(TENANTS);
    const ratio = new Gauge({
      name: 'budget_used_ratio',
      help: 'Spent and held, divided by the limit: of the budget of a tenant for which it is largest.',
      labelNames: ['tenant'],
      registers,
    });
    const alerts = new Counter({
      name: 'budget_alerts_total',
      help: 'Shares of limits that were reached, told of by this process.',
      labelNames: ['percent'],
      registers,
    });
    events.on('budget.shares', ({ shares }) => {
      const largest = new Map<string, number>();
      for (const [tenant, share] of shares) {
        const label = tenants.of(tenant);
        largest.set(label, Math.max(largest.get(label) ?? 0, share));
      }
      ratio.reset();
      for (const [tenant, share] of largest) ratio.set({ tenant }, share);
    });
    events.on('budget.alert', ({ percent }) => alerts.inc({ percent: percent > 100 ? 'more' : String(percent) }));
  }
}
