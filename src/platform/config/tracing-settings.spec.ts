import { Secret } from '../secrets/secret';
import { Environment } from './environment';
import { Problems } from './problems';
import { headersIn, tracingSecrets, tracingSettings } from './tracing-settings';

const URL = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

function read(variables: Record<string, string>) {
  const problems = new Problems();
  return { settings: tracingSettings(new Environment(variables, problems), problems), problems };
}

describe('tracingSettings', () => {
  it.each([{}, { ...URL, OTEL_SDK_DISABLED: 'true' }, { ...URL, OTEL_TRACES_EXPORTER: 'none' }])(
    'are absent with %j',
    (variables) => expect(read(variables).settings).toBeUndefined(),
  );

  it('have the defaults of OpenTelemetry', () =>
    expect(read(URL).settings).toEqual({
      url: 'http://collector:4318/v1/traces',
      serviceName: 'gatehouse',
      resource: {},
      ratio: 1,
      followsParent: true,
      sendsHeaders: false,
      timeoutMs: 10_000,
    }));

  it('take what is said of traces alone first', () =>
    expect(
      read({
        ...URL,
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.net/otlp',
        OTEL_RESOURCE_ATTRIBUTES: 'service.name=edge, region=eu%20west',
        OTEL_TRACES_SAMPLER: 'traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.25',
        OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      }).settings,
    ).toMatchObject({
      url: 'https://traces.example.net/otlp',
      serviceName: 'edge',
      resource: { 'service.name': 'edge', region: 'eu west' },
      ratio: 0.25,
      followsParent: false,
      timeoutMs: 2_000,
    }));

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'must be http/json'],
    ['OTEL_TRACES_SAMPLER', 'sometimes', 'must be one of'],
    ['OTEL_TRACES_SAMPLER_ARG', '0.5', 'means nothing to the sampler parentbased_always_on'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon', 'must be a number from 1 to 60000'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '0x10', 'must be a number from 1 to 60000'],
    ['OTEL_PROPAGATORS', 'b3', 'must be tracecontext'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'no pair', 'must be a list of name=value'],
    ['OTEL_SDK_DISABLED', 'yes', 'must be true or false'],
  ])('name %s=%s, which cannot take effect', (name, value, problem) =>
    expect(() => read({ ...URL, [name]: value }).problems.throwIfAny()).toThrow(`${name}: ${problem}`),
  );

  it('say what is wrong with headers, and not what they are', () => {
    const [request] = tracingSecrets(new Environment({ ...URL, OTEL_EXPORTER_OTLP_HEADERS: 'canary' }, new Problems()));
    expect(request?.check?.('canary')).toBe('must be a list of name=value');
    expect(request?.check?.('x-api-key=abc,authorization=Basic%20eA==')).toBeUndefined();
    expect(headersIn(new Secret('x-api-key=abc,authorization=Basic%20eA=='))).toEqual({
      'x-api-key': 'abc',
      authorization: 'Basic eA==',
    });
  });
});
