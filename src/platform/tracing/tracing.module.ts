import { Module } from '@nestjs/common';
import { Config } from '../config/config';
import { ConfigModule } from '../config/config.module';
import { headersIn, OTLP_HEADERS } from '../config/tracing-settings';
import { EventBus } from '../events/event-bus';
import { EventBusModule } from '../events/event-bus.module';
import { ObservabilityModule } from '../observability/observability.module';
import { Scrubber } from '../observability/scrubber';
import { NoTracing, Tracing } from './tracing';

/** Traces, where a collector is configured; OpenTelemetry is loaded only then. */
@Module({
  imports: [ConfigModule, EventBusModule, ObservabilityModule],
  providers: [
    {
      provide: Tracing,
      inject: [Config, EventBus, Scrubber],
      useFactory: async (
        { tracing: settings, secrets }: Config,
        events: EventBus,
        scrubber: Scrubber,
      ): Promise<Tracing> => {
        if (!settings) return new NoTracing();
        const { OtelTracing } = await import('./otel-tracing.js');
        return new OtelTracing({
          settings,
          scrub: (text) => scrubber.text(text),
          headers: () => (settings.sendsHeaders ? headersIn(secrets.get(OTLP_HEADERS).current) : {}),
          onExport: (exported) => events.emit('traces.exported', exported),
        });
      },
    },
  ],
  exports: [Tracing],
})
export class TracingModule {}
