import { Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { BudgetMetrics } from './budget-metrics.service';

it('tells the largest share of each tenant, and forgets what it is not told again', async () => {
  const [registry, events] = [new Registry(), new EventBus()];
  new BudgetMetrics(registry, events);
  const lines = async () => (await registry.metrics()).match(/^budget_\w+\{.*$/gm);
  events.emit('budget.shares', {
    shares: new Map([
      ['t1', 0.5],
      ['t2', 1.25],
    ]),
  });
  expect(await lines()).toEqual(['budget_used_ratio{tenant="t1"} 0.5', 'budget_used_ratio{tenant="t2"} 1.25']);
  events.emit('budget.shares', { shares: new Map([['t1', 0]]) });
  for (const percent of [80, 80, 120])
    events.emit('budget.alert', { tenantId: 't1', budgetId: 'b', percent, windowStart: new Date(0) });
  expect(await lines()).toEqual([
    'budget_used_ratio{tenant="t1"} 0',
    'budget_alerts_total{percent="80"} 2',
    'budget_alerts_total{percent="more"} 1',
  ]);
});
