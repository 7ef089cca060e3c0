import type { SpanExporter } from '@opentelemetry/sdk-trace';

type Spans = Parameters<SpanExporter['export']>[0];
type Done = Parameters<SpanExporter['export']>[1];

export interface Exported {
  readonly spans: number;
  readonly ok: boolean;
}

/** Says of every export what became of it: an exporter keeps that to itself. */
export class WatchedExporter implements SpanExporter {
  constructor(
    private readonly exporter: SpanExporter,
    private readonly onExport: (exported: Exported) => void,
  ) {}

  export(spans: Spans, done: Done): void {
    this.exporter.export(spans, (result) => {
      // 0 is success
      this.onExport({ spans: spans.length, ok: Number(result.code) === 0 });
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}
