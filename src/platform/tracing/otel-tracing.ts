import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace as api,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TracerProvider,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { ErrorCode } from '../../contract/errors';
import type { Trace, TraceFacts } from '../../contract/trace';
import type { TracingSettings } from '../config/tracing-settings';
import { type Exported, WatchedExporter } from './watched-exporter';
import { Tracing } from './tracing';

/** Spans that wait; what comes on top is dropped. A call has about fifteen. */
const QUEUE = 8_192;
const TOGETHER = 512;
const EVERY_MS = 1_000;
const CLOSE_MS = 3_000;
const ATTRIBUTE_CHARACTERS = 512;

export interface OtelParts {
  readonly settings: TracingSettings;
  /** Asked at every export: they may be rotated. */
  readonly headers: () => Record<string, string>;
  /** The last filter over every text that leaves. */
  readonly scrub: (text: string) => string;
  readonly onExport: (exported: Exported) => void;
}

/** Traces by OpenTelemetry, sent over OTLP. */
export class OtelTracing extends Tracing {
  override readonly enabled = true;
  private readonly provider: TracerProvider;
  private readonly spans: Spans;

  constructor({ settings, headers, scrub, onExport }: OtelParts) {
    super();
    const { url, timeoutMs, serviceName, resource } = settings;
    const exporter = new WatchedExporter(
      new OTLPTraceExporter({ url, timeoutMillis: timeoutMs, headers: async () => headers() }),
      onExport,
    );
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({ ...resource, 'service.name': serviceName }),
      sampler: samplerOf(settings),
      spanLimits: { attributeValueLengthLimit: ATTRIBUTE_CHARACTERS },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter,
          maxQueueSize: QUEUE,
          maxExportBatchSize: TOGETHER,
          scheduledDelayMillis: EVERY_MS,
          exportTimeoutMillis: timeoutMs,
        }),
      ],
    });
    this.spans = new Spans(this.provider.getTracer('gatehouse'), scrub);
  }

  override begin(name: string, facts: TraceFacts, parent: string | undefined): Trace | undefined {
    const above = parent === undefined ? ROOT_CONTEXT : contextOf(parent);
    const span = this.spans.start(name, SpanKind.SERVER, facts, above);
    return span.isRecording() ? new OtelStep(this.spans, span, above, undefined) : undefined;
  }

  override async onApplicationShutdown(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    // a collector that is away must not hold up the end of the process
    await Promise.race([this.provider.shutdown().catch(() => undefined), late]);
  }
}

/** What of ours never needs a second look. */
const OURS: ReadonlySet<string> = new Set(['gatehouse.call_id', 'gatehouse.tenant', 'gatehouse.audit_entry']);

/** Makes spans whose texts have passed the last filter. */
class Spans {
  constructor(
    private readonly tracer: Tracer,
    readonly scrub: (text: string) => string,
  ) {}

  start(name: string, kind: SpanKind, facts: TraceFacts, above: Context): Span {
    return this.tracer.startSpan(this.scrub(name), { kind, attributes: this.attributes(facts) }, above);
  }

  attributes(facts: TraceFacts): Record<string, string | number | boolean | string[]> {
    const clean: Record<string, string | number | boolean | string[]> = {};
    for (const [name, value] of Object.entries(facts)) {
      if (value === undefined) continue;
      if (typeof value === 'object') clean[name] = value.map((text) => this.scrub(text));
      else clean[name] = typeof value === 'string' && !OURS.has(name) ? this.scrub(value) : value;
    }
    return clean;
  }
}

class OtelStep implements Trace {
  private ended = false;

  constructor(
    private readonly spans: Spans,
    private readonly span: Span,
    private readonly above: Context,
    private readonly first: Trace | undefined,
  ) {}

  get whole(): Trace {
    return this.first ?? this;
  }

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.span.spanContext();
    return `00-${traceId}-${spanId}-${traceFlags & TraceFlags.SAMPLED ? '01' : '00'}`;
  }

  step(name: string, facts: TraceFacts = {}, leaves = false): Trace {
    const within = api.setSpan(this.above, this.span);
    const kind = leaves ? SpanKind.CLIENT : SpanKind.INTERNAL;
    return new OtelStep(this.spans, this.spans.start(name, kind, facts, within), within, this.whole);
  }

  name(name: string): void {
    this.span.updateName(this.spans.scrub(name));
  }

  note(facts: TraceFacts): void {
    this.span.setAttributes(this.spans.attributes(facts));
  }

  end(code?: ErrorCode): void {
    if (this.ended) return;
    this.ended = true;
    if (code !== undefined) {
      this.span.setAttribute('error.type', code);
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end();
  }
}

function contextOf(traceparent: string): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return api.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function samplerOf({ ratio, followsParent }: TracingSettings): Sampler {
  const root =
    ratio === 1 ? new AlwaysOnSampler() : ratio === 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
  return followsParent ? new ParentBasedSampler({ root }) : root;
}
