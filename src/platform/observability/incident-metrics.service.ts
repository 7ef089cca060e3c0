import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { SEVERITIES } from '../config/incidents';
import { EventBus } from '../events/event-bus';

/** From a minute to a day. */
const SECONDS = [60, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

/** Incidents, how long they take, and what is done about them. Rules and channels are the operator's. */
@Injectable()
export class IncidentMetrics {
  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const open = new Gauge({
      name: 'incidents_open',
      help: 'Open incidents, in all processes together.',
      labelNames: ['severity'],
      registers,
    });
    const opened = new Counter({
      name: 'incidents_opened_total',
      help: 'Incidents that this process opened.',
      labelNames: ['rule', 'severity'],
      registers,
    });
    const resolution = new Histogram({
      name: 'incident_resolution_seconds',
      help: 'From the detection of an incident to its end, of those that this process closed.',
      labelNames: ['severity'],
      buckets: SECONDS,
      registers,
    });
    const remedies = new Counter({
      name: 'incident_remedies_total',
      help: 'What was done about incidents, or undone, by this process.',
      labelNames: ['action', 'way', 'outcome'],
      registers,
    });
    const notices = new Counter({
      name: 'incident_notices_total',
      help: 'Messages about incidents that this process sent, or tried to.',
      labelNames: ['channel', 'outcome'],
      registers,
    });
    events.on('incident.figures', (figures) => {
      for (const severity of SEVERITIES) open.set({ severity }, figures.open[severity] ?? 0);
    });
    events.on('incident.opened', ({ rule, severity }) => opened.inc({ rule, severity }));
    events.on('incident.resolved', ({ severity, seconds }) => resolution.observe({ severity }, seconds));
    events.on('incident.remedied', ({ action, way, reason }) =>
      remedies.inc({ action, way, outcome: reason === undefined ? 'done' : 'not_done' }),
    );
    events.on('incident.notice', ({ channel, outcome }) => notices.inc({ channel, outcome }));
  }
}
