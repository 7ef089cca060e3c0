import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];

/** How many jobs there are, how long they wait and take, and what becomes of them. */
@Injectable()
export class JobMetrics {
  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const depth = new Gauge({
      name: 'job_queue_depth',
      help: 'Jobs of all processes: those that may begin, those whose start lies ahead, and those under way.',
      labelNames: ['state'],
      registers,
    });
    const jobs = new Counter({
      name: 'jobs_total',
      help: 'Jobs that ended, by how; told of by the process that ended them.',
      labelNames: ['type', 'status'],
      registers,
    });
    const duration = new Histogram({
      name: 'job_duration_seconds',
      help: 'From when a job was taken last to its end.',
      labelNames: ['type', 'status'],
      buckets: SECONDS,
      registers,
    });
    const wait = new Histogram({
      name: 'job_wait_seconds',
      help: 'From when a job was due to when it was taken last.',
      labelNames: ['type'],
      buckets: SECONDS,
      registers,
    });
    const takeovers = new Counter({
      name: 'job_takeovers_total',
      help: 'Jobs whose process was lost.',
      registers,
    });
    events.on('job.depth', ({ due, scheduled, running }) => {
      depth.set({ state: 'due' }, due);
      depth.set({ state: 'scheduled' }, scheduled);
      depth.set({ state: 'running' }, running);
    });
    events.on('job.finished', ({ type, status, workMs, waitMs }) => {
      jobs.inc({ type, status });
      if (workMs !== undefined) duration.observe({ type, status }, workMs / 1_000);
      if (waitMs !== undefined) wait.observe({ type }, waitMs / 1_000);
    });
    events.on('job.taken_over', ({ count }) => takeovers.inc(count));
  }
}
