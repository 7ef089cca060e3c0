import { Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { JobMetrics } from './job-metrics.service';

it('tells how many jobs there are, how they ended and how long that took', async () => {
  const [registry, events] = [new Registry(), new EventBus()];
  new JobMetrics(registry, events);
  events.emit('job.depth', { due: 3, scheduled: 2, running: 1 });
  events.emit('job.finished', { type: 'completion', status: 'succeeded', workMs: 2_000, waitMs: 100 });
  events.emit('job.finished', { type: 'document', status: 'cancelled' });
  events.emit('job.taken_over', { count: 4 });
  const lines = (await registry.metrics())
    .match(/^job\w+(\{.*\})? \S+$/gm)
    ?.filter((line) => !line.includes('_bucket'));
  expect(lines).toEqual([
    'job_queue_depth{state="due"} 3',
    'job_queue_depth{state="scheduled"} 2',
    'job_queue_depth{state="running"} 1',
    'jobs_total{type="completion",status="succeeded"} 1',
    'jobs_total{type="document",status="cancelled"} 1',
    'job_duration_seconds_sum{type="completion",status="succeeded"} 2',
    'job_duration_seconds_count{type="completion",status="succeeded"} 1',
    'job_wait_seconds_sum{type="completion"} 0.1',
    'job_wait_seconds_count{type="completion"} 1',
    'job_takeovers_total 4',
  ]);
});
