import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';

/** Connections over which callers are told of jobs. */
@Injectable()
export class JobSocketMetrics {
  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const open = new Gauge({
      name: 'job_sockets',
      help: 'WebSockets of this process on which jobs are watched.',
      registers,
    });
    const closed = new Counter({
      name: 'job_sockets_closed_total',
      help: 'WebSockets that were closed: the caller left, or why it was cut off.',
      labelNames: ['reason'],
      registers,
    });
    events.on('job.sockets', (now) => open.set(now.open));
    events.on('job.socket_closed', ({ reason }) => closed.inc({ reason }));
  }
}
