import { panel, perSecond } from './dashboard.mjs';

const hourly = (by) => `sum by (${by}) (rate(llm_cost_usd_total[1h])) * 3600`;

export const cost = {
  name: 'cost',
  title: 'Gatehouse / Cost',
  says: 'What calls cost, who spends it, and what was saved.',
  sections: {
    Spend: [
      panel(
        'Last 24 hours',
        { spent: 'sum(increase(llm_cost_usd_total[24h]))' },
        { unit: 'currencyUSD', type: 'stat' },
      ),
      panel(
        'By model, per hour',
        { '{{model}}': `topk(10, ${hourly('model')})` },
        { unit: 'currencyUSD', stack: true },
      ),
      panel(
        'By tenant, per hour',
        { '{{tenant}}': `topk(10, ${hourly('tenant')})` },
        { unit: 'currencyUSD', stack: true },
      ),
    ],
    Budgets: [
      panel(
        'Share of the limit, by tenant',
        { '{{tenant}}': 'max by (tenant) (budget_used_ratio)' },
        {
          unit: 'percentunit',
          limits: [
            ['green', null],
            ['orange', 0.8],
            ['red', 1],
          ],
        },
      ),
      panel('Alerts', { '{{percent}} %': 'sum by (percent) (increase(budget_alerts_total[1h]))' }),
      panel(
        'Refused for want of money',
        { refused: 'sum(rate(llm_errors_total{code="budget_exhausted"}[$__rate_interval]))' },
        { unit: 'reqps' },
      ),
    ],
    Savings: [
      panel(
        'Saved, last 24 hours',
        { '{{by}}': 'sum by (by) (increase(llm_saved_usd_total[24h]))' },
        { unit: 'currencyUSD', type: 'stat' },
      ),
      panel('Tokens not sent', { '{{by}}': perSecond('llm_saved_tokens_total', 'by') }, { stack: true }),
      panel(
        'Cache hit rate',
        {
          'hit rate':
            'sum(rate(llm_cache_requests_total{result=~"hit|coalesced|stale|similar"}[$__rate_interval])) / sum(rate(llm_cache_requests_total{result!="bypass"}[$__rate_interval]))',
        },
        { unit: 'percentunit' },
      ),
    ],
    Tokens: [
      panel('By model', { '{{model}}': `topk(10, ${perSecond('llm_tokens_used_total', 'model')})` }, { stack: true }),
      panel(
        'By tenant',
        { '{{tenant}}': `topk(10, ${perSecond('llm_tokens_used_total', 'tenant')})` },
        { stack: true },
      ),
      panel(
        'Dollars for a thousand calls, by model',
        {
          '{{model}}':
            '1000 * sum by (model) (rate(llm_cost_usd_total[1h])) / sum by (model) (rate(llm_requests_total{outcome="answered"}[1h]))',
        },
        { unit: 'currencyUSD' },
      ),
    ],
  },
};
