import type { Secret } from '../secrets/secret';
import type { SecretRequest } from '../secrets/secret-request';
import type { Check, Environment } from './environment';
import type { Problems } from './problems';

/** Where traces go, and of how many calls. Everything comes from the variables that OpenTelemetry gives a meaning. */
export interface TracingSettings {
  /** Of the collector, with its path. */
  readonly url: string;
  readonly serviceName: string;
  readonly resource: Readonly<Record<string, string>>;
  /** Share of the calls that are traced where their caller says nothing; 0 to 1. */
  readonly ratio: number;
  /** Whether a caller's own decision counts. */
  readonly followsParent: boolean;
  /** Exports carry headers, which are a secret. */
  readonly sendsHeaders: boolean;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/** Of headers that every export carries: usually a key. */
export const OTLP_HEADERS = 'OTEL_EXPORTER_OTLP_HEADERS';

const SAMPLERS = {
  always_on: { ratio: 1, followsParent: false },
  always_off: { ratio: 0, followsParent: false },
  traceidratio: { ratio: undefined, followsParent: false },
  parentbased_always_on: { ratio: 1, followsParent: true },
  parentbased_always_off: { ratio: 0, followsParent: true },
  parentbased_traceidratio: { ratio: undefined, followsParent: true },
} as const;
const LONGEST_MS = 60_000;

/** Undefined where no endpoint is set, or OpenTelemetry is switched off. */
export function tracingSettings(env: Environment, problems: Problems): TracingSettings | undefined {
  const root = env.url('OTEL_EXPORTER_OTLP_ENDPOINT');
  const url = env.url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? (root === undefined ? undefined : `${root}/v1/traces`);
  const only = (name: string, ...values: string[]) => {
    const value = env.text(name);
    if (value !== undefined && !values.includes(value)) problems.add(name, `must be ${values.join(' or ')}`);
    return value;
  };
  const disabled = only('OTEL_SDK_DISABLED', 'true', 'false') === 'true';
  const exporter = only('OTEL_TRACES_EXPORTER', 'otlp', 'none');
  if (url === undefined || disabled || exporter === 'none') return undefined;
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL']) only(name, 'http/json');
  only('OTEL_PROPAGATORS', 'tracecontext', 'tracecontext,baggage');
  const resource = pairs(env.text('OTEL_RESOURCE_ATTRIBUTES') ?? '');
  if (!resource) problems.add('OTEL_RESOURCE_ATTRIBUTES', 'must be a list of name=value');
  return {
    url,
    serviceName: env.text('OTEL_SERVICE_NAME') ?? resource?.['service.name'] ?? 'gatehouse',
    resource: resource ?? {},
    ...sampling(env, problems),
    sendsHeaders: env.text(OTLP_HEADERS) !== undefined || env.text(`${OTLP_HEADERS}_FILE`) !== undefined,
    timeoutMs:
      env.integer('OTEL_EXPORTER_OTLP_TIMEOUT', 1, LONGEST_MS, `must be a number from 1 to ${LONGEST_MS}`) ?? 10_000,
  };
}

/** The headers of exports, where there are any. */
export function tracingSecrets(env: Environment): SecretRequest[] {
  const isPairs: Check = (value) => (pairs(value) ? undefined : 'must be a list of name=value');
  return [env.secret(OTLP_HEADERS, isPairs) ?? []].flat();
}

export function headersIn(secret: Secret | undefined): Record<string, string> {
  return (secret && pairs(secret.reveal())) ?? {};
}

function sampling(env: Environment, problems: Problems): Pick<TracingSettings, 'ratio' | 'followsParent'> {
  const name = env.text('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  if (!Object.hasOwn(SAMPLERS, name)) {
    problems.add('OTEL_TRACES_SAMPLER', `must be one of ${Object.keys(SAMPLERS).join(', ')}`);
    return SAMPLERS.always_off;
  }
  const sampler = SAMPLERS[name as keyof typeof SAMPLERS];
  const ratio = share(env, problems, 'OTEL_TRACES_SAMPLER_ARG');
  if (sampler.ratio !== undefined && ratio !== undefined)
    problems.add('OTEL_TRACES_SAMPLER_ARG', `means nothing to the sampler ${name}`);
  return { ...sampler, ratio: sampler.ratio ?? ratio ?? 1 };
}

function share(env: Environment, problems: Problems, name: string): number | undefined {
  const text = env.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value >= 0 && value <= 1) return value;
  problems.add(name, 'must be a number from 0 to 1');
  return undefined;
}

/** `a=1,b=2`, values percent-encoded; undefined where it is not that. */
function pairs(text: string): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const part of text.split(',').filter((piece) => piece.trim())) {
    const [, name, value] = /^\s*([!-<>-~]+)\s*=\s*([\x21-\x7e ]*?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return undefined;
    try {
      found[name] = decodeURIComponent(value);
    } catch {
      return undefined;
    }
  }
  return found;
}
