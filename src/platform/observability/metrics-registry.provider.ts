import type { Provider } from '@nestjs/common';
import { collectDefaultMetrics, Registry, type RegistryContentType } from 'prom-client';
import { Config } from '../config/config';

/** Every metric of the process. Where calls have traces it speaks OpenMetrics, which can name one beside a figure (an exemplar). */
export const METRICS_REGISTRY: Provider = {
  provide: Registry,
  inject: [Config],
  useFactory: ({ tracing }: Config) => {
    const registry: Registry<RegistryContentType> = new Registry();
    if (tracing) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    collectDefaultMetrics({ register: registry });
    return registry;
  },
};
