import type { Provider } from '@openfeature/server-sdk';
import { flagPackage } from '../../../platform/config/flag-packages';
import type { FlagProviderSettings } from '../../../platform/config/flag-service-settings';

type Foreign = Exclude<FlagProviderSettings, { type: 'gatehouse' }>;

/** What such libraries would print goes nowhere: it may hold what must not be told. OpenFeature's events say how they are. */
const silent = () => undefined;
const LOGGER = { error: silent, warn: silent, info: silent, debug: silent };

/** Grows to this between attempts to reach the service again. */
const MOST_BACKOFF_MS = 10_000;

interface LaunchDarkly {
  readonly LaunchDarklyProvider: new (sdkKey: string, options: object, waitSeconds?: number) => Provider;
}
interface Flagd {
  readonly FlagdProvider: new (options: object, logger: typeof LOGGER) => Provider;
}

/**
 * A flag service elsewhere. Both kinds hold their flags in memory and are told of changes.
 * @param keyOf the key of the service
 */
export function foreignProvider(settings: Foreign, startMs: number, keyOf: () => string): Provider {
  if (settings.type === 'flagd') {
    const { FlagdProvider } = flagPackage<Flagd>('flagd');
    const { host, port, tls, selector } = settings;
    return new FlagdProvider(
      {
        resolverType: 'in-process',
        host,
        port,
        tls,
        deadlineMs: startMs,
        retryBackoffMaxMs: MOST_BACKOFF_MS,
        ...(selector !== undefined && { selector }),
      },
      LOGGER,
    );
  }
  const { LaunchDarklyProvider } = flagPackage<LaunchDarkly>('launchdarkly');
  const { baseUrl } = settings;
  // who was asked about what stays here
  const options = { sendEvents: false, diagnosticOptOut: true, logger: LOGGER };
  const urls = baseUrl === undefined ? {} : { baseUri: baseUrl, streamUri: baseUrl, eventsUri: baseUrl };
  return new LaunchDarklyProvider(keyOf(), { ...options, ...urls }, Math.max(1, Math.round(startMs / 1_000)));
}
