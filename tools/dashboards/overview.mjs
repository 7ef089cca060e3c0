import { panel, perSecond, quantiles } from './dashboard.mjs';

const AVAILABLE = [
  ['red', null],
  ['orange', 0.99],
  ['green', 0.999],
];

export const overview = {
  name: 'overview',
  title: 'Gatehouse / Overview',
  says: 'Whether calls are answered, how fast, and by whom.',
  sections: {
    'Service level': [
      panel(
        'Availability, 30 days',
        { availability: '1 - gatehouse:errors:ratio_rate30d' },
        {
          unit: 'percentunit',
          type: 'stat',
          limits: AVAILABLE,
          says: 'Calls that did not fail through a fault of the gateway or a provider. Objective: 99.9 %.',
        },
      ),
      panel(
        'Error budget left, 30 days',
        { left: '1 - gatehouse:errors:ratio_rate30d / 0.001' },
        {
          unit: 'percentunit',
          type: 'stat',
          limits: [
            ['red', null],
            ['orange', 0.1],
            ['green', 0.5],
          ],
        },
      ),
      panel(
        'Burn rate',
        {
          '5 min': 'gatehouse:errors:ratio_rate5m / 0.001',
          '1 h': 'gatehouse:errors:ratio_rate1h / 0.001',
          '6 h': 'gatehouse:errors:ratio_rate6h / 0.001',
        },
        { says: '1 spends the whole budget in 30 days; 14.4 in two.' },
      ),
    ],
    Calls: [
      panel(
        'Calls by outcome',
        { '{{outcome}}': perSecond('llm_requests_total', 'outcome') },
        { unit: 'reqps', stack: true },
      ),
      panel(
        'Calls by model',
        { '{{model}}': `topk(10, ${perSecond('llm_requests_total', 'model')})` },
        { unit: 'reqps', stack: true },
      ),
      panel(
        'Refusals and failures by code',
        { '{{code}}': perSecond('llm_errors_total', 'code') },
        { unit: 'reqps', stack: true },
      ),
    ],
    Latency: [
      panel('Whole call', quantiles('llm_request_duration_seconds'), { unit: 's' }),
      panel('Time to first token', quantiles('llm_time_to_first_token_seconds'), { unit: 's' }),
      panel('What the gateway adds', quantiles('gateway_overhead_seconds'), { unit: 's' }),
    ],
    'Tokens and cache': [
      panel('Tokens', { '{{kind}}': perSecond('llm_tokens_used_total', 'kind') }, { stack: true }),
      panel(
        'Answers by cache',
        { '{{result}}': perSecond('llm_cache_requests_total', 'result') },
        { unit: 'reqps', stack: true },
      ),
      panel('Jobs', { '{{state}}': 'max by (state) (job_queue_depth)' }),
    ],
  },
};
