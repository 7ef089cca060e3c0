import { Injectable } from '@nestjs/common';
import { Gauge, Histogram, Registry, type RegistryContentType } from 'prom-client';
import type { AttemptFinished, CallFinished } from '../../contract/events';
import type { CacheUse } from '../../contract/reply';
import { EventBus } from '../events/event-bus';
import { BoundedLabels } from './bounded-labels';
import { TalliedCounter } from './tallied-counter';

const LATENCY = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const OVERHEAD = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
/** Answers that no model was asked for. */
const SAVED: ReadonlySet<string> = new Set<CacheUse>(['hit', 'coalesced', 'stale', 'similar']);
const MODELS = 200;
const TENANTS = 1_000;
const PICOS_PER_USD = 1e12;

/** The Prometheus metrics of calls. Labels stay bounded: tenant and model, never user or key. */
@Injectable()
export class CallMetrics {
  private readonly models = new BoundedLabels(MODELS);
  private readonly tenants = new BoundedLabels(TENANTS);

  private readonly requests = this.counter('llm_requests_total', 'Calls, by outcome.', [
    'tenant',
    'model',
    'provider',
    'outcome',
  ]);
  private readonly errors = this.counter('llm_errors_total', 'Calls that were refused or failed.', [
    'model',
    'provider',
    'code',
  ]);
  private readonly tokens = this.counter('llm_tokens_used_total', 'Tokens, as providers count them.', [
    'tenant',
    'model',
    'kind',
  ]);
  private readonly cost = this.counter('llm_cost_usd_total', 'What calls cost, by the price book.', [
    'tenant',
    'model',
  ]);
  private readonly attempts = this.counter('llm_attempts_total', 'Times a provider was asked.', [
    'provider',
    'model',
    'code',
  ]);
  private readonly retries = this.counter('llm_retries_total', 'Times a provider was asked again.', [
    'provider',
    'code',
  ]);
  private readonly cache = this.counter(
    'llm_cache_requests_total',
    'Calls, by what kept answers had to do with them.',
    ['result'],
  );
  private readonly looked = { saved: 0, all: 0 };
  private readonly duration = this.histogram(
    'llm_request_duration_seconds',
    'From request to last byte.',
    ['model', 'stream'],
    LATENCY,
  );
  private readonly modelLatency = this.histogram(
    'llm_model_latency_seconds',
    'From asking a provider to the first piece of its answer.',
    ['provider', 'model'],
    LATENCY,
  );
  private readonly firstToken = this.histogram(
    'llm_time_to_first_token_seconds',
    'From request to first content.',
    ['model'],
    LATENCY,
  );
  private readonly overhead = this.histogram(
    'gateway_overhead_seconds',
    'Latency that is ours: all of it less the provider’s.',
    [],
    OVERHEAD,
  );

  constructor(
    private readonly registry: Registry,
    events: EventBus,
  ) {
    const { looked } = this;
    new Gauge({
      name: 'llm_cache_hit_rate',
      help: 'Share of calls that a kept answer was looked for, and given one, since the start.',
      registers: [registry],
      collect() {
        this.set(looked.all ? looked.saved / looked.all : 0);
      },
    });
    // what no caller waited for is no caller's error: llm_shadow_calls_total
    events.on('call.finished', (call) => {
      if (!call.shadow) this.call(call);
    });
    events.on('attempt.finished', (attempt) => this.attempt(attempt));
    events.on('retry.scheduled', ({ provider, code }) => this.retries.add(1, provider, code));
  }

  private call(call: CallFinished): void {
    const model = this.models.of(call.model);
    const tenant = this.tenants.of(call.tenantId);
    const provider = call.provider ?? 'none';
    this.requests.add(1, tenant, model, provider, call.outcome);
    if (call.code) this.errors.add(1, model, provider, call.code);
    if (call.cache) this.cached(call.cache);
    const { traceId } = call;
    this.observe(this.duration, { model, stream: String(call.stream) }, call.latencyMs, traceId);
    if (call.firstTokenMs !== undefined) this.observe(this.firstToken, { model }, call.firstTokenMs, traceId);
    if (call.upstreamMs !== undefined)
      this.observe(this.overhead, {}, Math.max(0, call.latencyMs - call.upstreamMs), traceId);
    const { usage, cost } = call;
    if (cost) this.cost.add(Number(cost) / PICOS_PER_USD, tenant, model);
    if (!usage) return;
    this.tokens.add(usage.inputTokens, tenant, model, 'input');
    this.tokens.add(usage.cacheReadTokens, tenant, model, 'cache_read');
    this.tokens.add(usage.cacheWriteTokens, tenant, model, 'cache_write');
    this.tokens.add(usage.outputTokens, tenant, model, 'output');
  }

  /** With the trace of the call, where it has one. */
  private observe(histogram: Histogram, labels: Readonly<Record<string, string>>, ms: number, traceId?: string): void {
    const value = ms / 1_000;
    // a histogram takes exemplars always or never
    if (!this.namesTraces) histogram.observe(labels, value);
    else if (traceId === undefined) histogram.observe({ labels, value });
    else histogram.observe({ labels, value, exemplarLabels: { trace_id: traceId } });
  }

  private cached(result: CacheUse): void {
    this.cache.add(1, result);
    if (result === 'bypass') return;
    this.looked.all++;
    if (SAVED.has(result)) this.looked.saved++;
  }

  private attempt({ provider, model, ok, code, ms }: AttemptFinished): void {
    const label = this.models.of(model);
    this.attempts.add(1, provider, label, ok ? 'ok' : (code ?? 'internal'));
    if (ok) this.observe(this.modelLatency, { provider, model: label }, ms);
  }

  /** Only OpenMetrics can name a trace beside a figure. */
  private get namesTraces(): boolean {
    const { contentType } = this.registry as Registry<RegistryContentType>;
    return contentType === Registry.OPENMETRICS_CONTENT_TYPE;
  }

  private counter<L extends string>(name: string, help: string, labelNames: L[]): TalliedCounter<L> {
    return new TalliedCounter({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    const enableExemplars = this.namesTraces;
    return new Histogram({ name, help, labelNames, buckets, enableExemplars, registers: [this.registry] });
  }
}
