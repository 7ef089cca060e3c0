import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { GatewayEvents } from '../../contract/events';
import { EventBus } from '../events/event-bus';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type AuditEvents = Extract<keyof GatewayEvents, `audit.${string}`>;
type Listeners = { readonly [K in AuditEvents]: (event: GatewayEvents[K]) => void };

/** The Prometheus metrics of the audit log. A new event of it does not compile until it is counted. */
@Injectable()
export class AuditMetrics {
  private readonly seconds: Histogram;
  private readonly entries: Counter;
  private readonly waiting: Gauge;
  private readonly refused: Counter<'reason'>;
  private readonly lost: Counter;
  private readonly stopped: Gauge;
  private readonly spooled: Gauge;
  private readonly size: Gauge;
  private readonly cosignatures: Gauge;
  private readonly age: Gauge;
  private readonly watches: Gauge<'what'>;

  private readonly listeners: Listeners = {
    'audit.appended': ({ ms, n, waiting }) => {
      this.seconds.observe(ms / 1_000);
      this.entries.inc(n);
      this.waiting.set(waiting);
    },
    'audit.refused': ({ reason }) => this.refused.inc({ reason }),
    'audit.lost': ({ n }) => this.lost.inc(n),
    'audit.stopped': () => this.stopped.set(1),
    'audit.spooled': ({ batches }) => this.spooled.set(batches),
    'audit.checkpoint': ({ size, cosignatures }) => {
      this.size.set(size);
      this.cosignatures.set(cosignatures);
    },
    'audit.age': ({ seconds }) => this.age.set(seconds),
    'audit.watch': ({ what, ok }) => this.watches.set({ what }, ok ? 1 : 0),
  };

  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
    const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
    this.seconds = new Histogram({
      name: 'audit_append_seconds',
      help: 'From handing entries in until they are durable.',
      buckets: SECONDS,
      registers,
    });
    this.entries = counter('audit_entries_total', 'Entries made durable by this process.');
    this.waiting = gauge('audit_queue_depth', 'Entries that wait for the database.');
    this.refused = new Counter({
      name: 'audit_refused_total',
      help: 'Times entries could not be made durable in time.',
      labelNames: ['reason'],
      registers,
    });
    this.lost = counter('audit_lost_total', 'Entries lost, of tenants that accept it.');
    this.stopped = gauge('audit_stopped', '1 when the log contradicts what this process knows of it.');
    this.spooled = gauge('audit_spool_batches', 'Batches in the spool.');
    this.size = gauge('audit_checkpoint_size', 'Entries under the newest checkpoint.');
    this.cosignatures = gauge('audit_checkpoint_cosignatures', 'Witnesses that signed the newest checkpoint.');
    this.age = gauge('audit_checkpoint_age_seconds', 'How long the oldest entry waits for a checkpoint.');
    this.watches = new Gauge({
      name: 'audit_watch_ok',
      help: 'Whether the checkpointer, each witness and each anchor works: 1 or 0.',
      labelNames: ['what'],
      registers,
    });
    for (const name of Object.keys(this.listeners) as AuditEvents[]) this.listen(events, name);
  }

  private listen<K extends AuditEvents>(events: EventBus, name: K): void {
    events.on(name, this.listeners[name]);
  }
}
