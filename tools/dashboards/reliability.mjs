import { panel, perSecond, quantiles } from './dashboard.mjs';

export const reliability = {
  name: 'reliability',
  title: 'Gatehouse / Reliability',
  says: 'Providers, what protects calls from them, jobs, and what the gateway itself depends on.',
  sections: {
    Incidents: [
      panel(
        'Open incidents',
        { '{{severity}}': 'max by (severity) (incidents_open)' },
        {
          limits: [
            ['green', null],
            ['red', 1],
          ],
        },
      ),
      panel('Opened', { '{{rule}}': 'sum by (rule) (increase(incidents_opened_total[$__rate_interval]))' }),
      panel('Remedies', {
        '{{way}} {{action}} {{outcome}}':
          'sum by (way,action,outcome) (increase(incident_remedies_total[$__rate_interval]))',
      }),
    ],
    Providers: [
      panel(
        'Attempts by result',
        { '{{provider}} {{code}}': perSecond('llm_attempts_total', 'provider,code') },
        { unit: 'reqps', stack: true },
      ),
      panel(
        'Until an answer begins, p95',
        {
          '{{provider}} {{model}}':
            'histogram_quantile(0.95, sum by (le,provider,model) (rate(llm_model_latency_seconds_bucket[$__rate_interval])))',
        },
        { unit: 's' },
      ),
      panel(
        'Circuit breakers',
        { '{{provider}} {{model}}': 'max by (provider,model) (circuit_breaker_state)' },
        {
          says: '0 closed, 1 half-open, 2 open.',
          limits: [
            ['green', null],
            ['orange', 1],
            ['red', 2],
          ],
        },
      ),
    ],
    Protection: [
      panel(
        'Retries, made and denied',
        {
          'made {{provider}}': perSecond('llm_retries_total', 'provider'),
          'denied {{provider}}': perSecond('llm_retries_denied_total', 'provider'),
        },
        { unit: 'reqps' },
      ),
      panel(
        'Fallbacks and humbler answers',
        {
          '{{from}} → {{to}}': perSecond('llm_fallbacks_total', 'from,to'),
          '{{rung}}': perSecond('llm_degraded_total', 'rung'),
        },
        { unit: 'reqps' },
      ),
      panel(
        'Turned away',
        {
          '{{scope}} {{reason}}': perSecond('bulkhead_refused_total', 'scope,reason'),
          '{{code}}': perSecond(
            'llm_errors_total',
            'code',
            '{code=~"rate_limited|concurrency_limited|overloaded|circuit_open"}',
          ),
        },
        { unit: 'reqps' },
      ),
    ],
    Jobs: [
      panel('In the queue', { '{{state}}': 'max by (state) (job_queue_depth)' }),
      panel('Ended', { '{{type}} {{status}}': perSecond('jobs_total', 'type,status') }, { unit: 'ops', stack: true }),
      panel('Wait', quantiles('job_wait_seconds'), { unit: 's' }),
      panel('Webhooks that have not arrived', {
        waiting: 'max(webhooks_waiting)',
        'oldest, seconds': 'max(webhooks_oldest_seconds)',
      }),
      panel(
        'Webhooks tried',
        { '{{outcome}}': perSecond('webhook_tries_total', 'outcome') },
        { unit: 'ops', stack: true },
      ),
      panel('Jobs taken over', { 'taken over': 'sum(increase(job_takeovers_total[5m]))' }),
    ],
    'The gateway itself': [
      panel(
        'Dependencies',
        { '{{dependency}}': 'min by (dependency) (dependency_up)' },
        {
          limits: [
            ['red', null],
            ['green', 1],
          ],
        },
      ),
      panel('CPU', { '{{instance}}': 'rate(process_cpu_seconds_total[$__rate_interval])' }),
      panel('Memory', { '{{instance}}': 'process_resident_memory_bytes' }, { unit: 'bytes' }),
      panel('Event loop, p99', { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' }, { unit: 's' }),
      panel(
        'Secrets that cannot be read anew',
        { '{{name}}': 'max by (name) (secret_stale)' },
        {
          limits: [
            ['green', null],
            ['red', 1],
          ],
        },
      ),
      panel('Spans', { '{{outcome}}': perSecond('trace_spans_total', 'outcome') }),
    ],
  },
};
